// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/taste/taste_facts.h"

class QLabel;
class QMenu;
class QSlider;

namespace ui {

class FlatButton;

/// A second version mixed into the one in use: which, how much of it, and the way back with one click.
class MixRow final : public QWidget {
    Q_OBJECT
public:
    explicit MixRow(QWidget* parent = nullptr);

    void setFacts(const QList<TasteVersion>& versions, const TasteMix& mix);

Q_SIGNALS:
    void mixWanted(QString id, int percent);  ///< an empty id: without a second one

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();

    QList<TasteVersion> versions_;
    TasteMix mix_;
    FlatButton* choose_;
    QMenu* menu_;
    QLabel* words_;
    QSlider* slider_;
    QLabel* value_;
    FlatButton* take_out_;
    bool quiet_ = false;
};

}  // namespace ui
