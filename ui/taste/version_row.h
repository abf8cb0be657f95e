// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/taste/taste_facts.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

class FlatButton;
class WinRateBar;

/// One version of the taste: what proof it has, a note of one's own, and the way back to it.
class VersionRow final : public QWidget {
    Q_OBJECT
public:
    explicit VersionRow(QWidget* parent = nullptr);

    void setVersion(const TasteVersion& version);
    const TasteVersion& version() const { return version_; }

Q_SIGNALS:
    void useWanted(QString id);  ///< also: take the version on trial now, or put back the one before it
    void noteEdited(QString id, QString note);
    void pinWanted(QString id, bool pinned);
    void shareWanted(QString id);

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    TasteVersion version_;
    QLabel* icon_;
    QLabel* title_;
    QLabel* detail_;
    QLabel* story_;  ///< how it is doing or why it is not used: a sentence, below all
    WinRateBar* rate_;
    QLineEdit* note_;
    QPushButton* use_;
    QPushButton* back_;  ///< while it is on trial
    FlatButton* pin_;
    FlatButton* share_;
};

}  // namespace ui
