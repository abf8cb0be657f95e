// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <functional>

#include "inference/api/result.h"

class QLabel;
class QPushButton;

namespace ui {

class FlatButton;

/// A quiet line across the window: what happened, what to do, at most one button. Never modal; hidden while it has nothing to say.
class MessageStrip final : public QFrame {
    Q_OBJECT
public:
    enum class Kind { note, warning, failure };

    explicit MessageStrip(QWidget* parent = nullptr);

    /// Shows a message until it is closed or replaced. A button appears when `action` has a name.
    /// @return its number, with which it alone can be dismissed once it has settled itself.
    int showMessage(Kind kind, const QString& sentence, const QString& next_step = {}, const QString& action = {},
                    std::function<void()> on_action = {});
    /// The same for a failure; a second button copies the English detail for a report.
    void showError(const inference::Error& error, const QString& action = {}, std::function<void()> on_action = {});
    void dismiss();
    void retract(int message);  ///< unless another one has taken its place

    Kind kind() const { return kind_; }
    QString text() const;

Q_SIGNALS:
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    Kind kind_ = Kind::note;
    int message_ = 0;
    QString detail_;
    std::function<void()> on_action_;
    QLabel* icon_ = nullptr;
    QLabel* text_ = nullptr;
    QPushButton* action_ = nullptr;
    FlatButton* copy_ = nullptr;
    FlatButton* close_ = nullptr;
};

}  // namespace ui
