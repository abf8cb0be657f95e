// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <array>
#include <optional>

#include "ui/duel/duel_board.h"
#include "ui/duel/duel_pair.h"

class QLabel;
class QStackedWidget;

namespace app {
class ImageLoader;
class Library;
}  // namespace app

namespace ui {

class DuelButton;
class EmptyNotice;
class FlatButton;

/// The question "which of these two?", again and again, at the speed of a key: left, right, about equal, skip. It shows one pair, makes the next
/// one ready and tells the answer; what is asked is decided elsewhere.
class DuelView final : public QWidget {
    Q_OBJECT
public:
    explicit DuelView(app::Library& library, QWidget* parent = nullptr);

    /// @param pair  nullopt: there is nothing to ask. @param next  is decoded meanwhile.
    void showPair(std::optional<DuelPair> pair, std::optional<DuelPair> next = std::nullopt);
    const std::optional<DuelPair>& pair() const { return pair_; }
    void setAnswered(int count);         ///< so far, in this sitting
    void setGoal(const QString& words);  ///< what the answers are good for, beside the count
    void setUndoEnabled(bool enabled);

Q_SIGNALS:
    void answered(ui::DuelPair pair, ui::DuelAnswer answer);
    void undoWanted();
    void closeWanted();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void answer(DuelAnswer answer);
    bool canChoose() const;
    void load(DuelBoard::Side side);
    void refreshWords();
    void retranslate();

    app::Library& library_;
    app::ImageLoader* loader_;
    std::optional<DuelPair> pair_;
    int answered_ = 0;
    QString goal_;

    QLabel* prompt_;
    QLabel* count_;
    FlatButton* undo_;
    FlatButton* close_;
    QStackedWidget* scene_;
    QWidget* question_;
    DuelBoard* board_;
    EmptyNotice* nothing_;
    std::array<DuelButton*, 4> buttons_{};  ///< in the order of DuelAnswer
};

}  // namespace ui
