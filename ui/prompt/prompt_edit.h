// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPlainTextEdit>

namespace ui {

/// Where a prompt is written: plain text with its own undo, large type. Text that the model will not read is struck.
class PromptEdit final : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit PromptEdit(QWidget* parent = nullptr);

    /// Index into the text of the first character that is cut; -1: none.
    void setCutAt(int position);
    int cutAt() const { return cut_at_; }
    /// Grows with its text between these many lines.
    void setLineRange(int fewest, int most);
    void setTextQuietly(const QString& text);

Q_SIGNALS:
    void edited();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void markCut();
    void fitHeight();

    int cut_at_ = -1;
    int fewest_lines_ = 0;
    int most_lines_ = 0;
    bool quiet_ = false;
};

}  // namespace ui
