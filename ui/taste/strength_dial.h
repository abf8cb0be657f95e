// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace ui {

class Caption;
class FlatButton;

/// How much of what was learnt goes into the next picture, 0 to 200 %. Grey at 0, where the picture is the base model's to the bit.
class StrengthDial final : public QWidget {
    Q_OBJECT
    Q_PROPERTY(int percent READ percent WRITE setPercent NOTIFY percentShown USER true)
public:
    static constexpr int most = 200;    ///< per cent
    static constexpr int normal = 100;  ///< per cent: what the proof chose

    explicit StrengthDial(QWidget* parent = nullptr);

    int percent() const;
    void setPercent(int percent);  ///< clamped; does not emit percentChosen
    /// The loaded model is not the one the taste was learned on: says so in the place of the slider, with a way to learn it.
    void setWaiting(bool waiting);

Q_SIGNALS:
    void learnWanted();
    void percentChosen(int percent);  ///< by the user
    void percentShown(int percent);   ///< whatever changed it

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void refresh();

    QLabel* caption_;
    Caption* why_;
    QSlider* slider_;
    QLabel* value_;
    FlatButton* learn_;
    bool waiting_ = false;
    bool quiet_ = false;
};

}  // namespace ui
