// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/prompt_edit.h"

#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <cmath>

#include "ui/theme/theme.h"

namespace ui {

PromptEdit::PromptEdit(QWidget* parent) : QPlainTextEdit(parent) {
    setFont(theme::font(theme::text_prompt));
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(theme::space_s);
    // The rounded field behind it is drawn by the style.
    viewport()->setAutoFillBackground(false);
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        fitHeight();
        if (!quiet_) Q_EMIT edited();
    });
}

void PromptEdit::setCutAt(int position) {
    if (position == cut_at_) return;
    cut_at_ = position;
    markCut();
}

void PromptEdit::markCut() {
    QList<QTextEdit::ExtraSelection> marks;
    if (cut_at_ >= 0) {
        QTextEdit::ExtraSelection cut;
        cut.cursor = textCursor();
        cut.cursor.setPosition(qMin(cut_at_, document()->characterCount() - 1));
        cut.cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
        cut.format.setFontStrikeOut(true);
        cut.format.setForeground(colors(this).text_secondary);
        marks.append(cut);
    }
    setExtraSelections(marks);
}

void PromptEdit::setLineRange(int fewest, int most) {
    fewest_lines_ = fewest;
    most_lines_ = most;
    fitHeight();
}

void PromptEdit::fitHeight() {
    if (most_lines_ <= 0) return;
    int lines = 0;
    for (QTextBlock block = document()->firstBlock(); block.isValid() && lines < most_lines_; block = block.next())
        lines += qMax(1, block.layout() ? block.layout()->lineCount() : 1);
    lines = qBound(fewest_lines_, lines, most_lines_);
    const double margins = 2 * document()->documentMargin() + 2 * frameWidth();
    const int height = static_cast<int>(std::ceil(lines * QFontMetricsF(font()).lineSpacing() + margins));
    if (height != minimumHeight() || height != maximumHeight()) setFixedHeight(height);
}

void PromptEdit::setTextQuietly(const QString& text) {
    if (text == toPlainText()) return;
    quiet_ = true;
    setPlainText(text);
    moveCursor(QTextCursor::End);
    quiet_ = false;
}

void PromptEdit::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {  // out of the field: bare keys act again
        clearFocus();
        event->accept();
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && (event->modifiers() & Qt::ControlModifier)) {  // Generate is the window's
        event->ignore();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* source) const {
    // Plain words only; a picture that is dropped here is the window's business.
    return source->hasText() && !source->hasUrls();
}

void PromptEdit::insertFromMimeData(const QMimeData* source) {
    if (canInsertFromMimeData(source)) insertPlainText(source->text());
}

void PromptEdit::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) markCut();
    QPlainTextEdit::changeEvent(event);
}

void PromptEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void PromptEdit::focusInEvent(QFocusEvent* event) {
    QPlainTextEdit::focusInEvent(event);
    update();  // the frame shows the focus
}

void PromptEdit::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    update();
}

}  // namespace ui
