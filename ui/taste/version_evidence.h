// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "app/feedback/evaluation_grid.h"
#include "ui/taste/taste_facts.h"

class QLabel;
class QMenu;

namespace ui {

class FlatButton;
class PairGrid;

/// What one version does, in pictures: prompts nobody rated, drawn without and with it. Of one from a file, where it came from.
class VersionEvidence final : public QWidget {
    Q_OBJECT
public:
    explicit VersionEvidence(QWidget* parent = nullptr);

    /// The version that was looked at stays the one; otherwise that in use, else the newest. Asks for its pictures when it is another one.
    void setVersions(const QList<TasteVersion>& versions);
    void setPairs(const QString& id, const QList<app::EvaluationPair>& pairs);  ///< nothing happens when another version is looked at by now
    const QString& shownId() const { return shown_; }

Q_SIGNALS:
    void picturesWanted(QString id);

protected:
    void changeEvent(QEvent* event) override;

private:
    const TasteVersion* shown() const;
    void show(const QString& id);
    void refresh();

    QList<TasteVersion> versions_;
    QString shown_;
    bool read_ = false;  ///< the pictures have come, or there are none
    QLabel* title_;
    FlatButton* choice_;
    QMenu* menu_;
    QLabel* detail_;
    PairGrid* grid_;
};

}  // namespace ui
