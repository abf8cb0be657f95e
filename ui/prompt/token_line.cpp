// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/token_line.h"

#include <QEvent>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr double near_share = 0.9;  // of the limit
}

TokenLine::TokenLine(QWidget* parent) : QLabel(parent) {
    setFont(theme::font(theme::text_caption));
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    setObjectName(QStringLiteral("token_line"));
    refresh();
}

void TokenLine::setTrainedTokens(int tokens) {
    trained_ = tokens;
    refresh();
}

void TokenLine::setCount(const app::TokenCount& count) {
    count_ = count;
    counted_ = true;
    refresh();
}

void TokenLine::setUnavailable() {
    unavailable_ = true;
    refresh();
}

void TokenLine::setTooLong(bool too_long) {
    if (too_long_ == too_long) return;
    too_long_ = too_long;
    refresh();
}

void TokenLine::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange) {
        // Setting the text colour changes the palette: do it only when it would differ.
        refresh();
    }
    QLabel::changeEvent(event);
}

void TokenLine::refresh() {
    QString text;
    if (too_long_) {
        state_ = State::too_long;
        text = tr("Too long to draw: shorten it to 64,000 letters or fewer");
    } else if (unavailable_) {
        state_ = State::unavailable;
        text = tr("Words are not counted: the model's vocabulary could not be read");
    } else if (!counted_ || count_.limit <= 0) {
        state_ = State::unknown;
    } else if (count_.cut_at >= 0 || count_.count > count_.limit) {
        state_ = State::cut;
        text = tr("%1 of %2 tokens · the struck words are not read").arg(count_.count).arg(count_.limit);
    } else if (count_.count > near_share * count_.limit) {
        state_ = State::near_limit;
        text = tr("%1 of %2 tokens · nearly full").arg(count_.count).arg(count_.limit);
    } else if (trained_ > 0 && count_.count > trained_) {
        state_ = State::beyond_training;
        text = tr("%1 of %2 tokens · past %3 the model follows less closely").arg(count_.count).arg(count_.limit).arg(trained_);
    } else {
        state_ = State::fine;
        text = tr("%1 of %2 tokens").arg(count_.count).arg(count_.limit);
    }
    if (text != this->text()) setText(text);
    setToolTip(tr("A token is a word or a piece of one, as the model reads it."));

    const theme::Palette& p = colors(this);
    QColor ink = p.text_secondary;
    if (state_ == State::cut || state_ == State::too_long) ink = p.danger;
    else if (state_ == State::near_limit || state_ == State::beyond_training) ink = p.warning;
    if (palette().color(QPalette::WindowText) != ink) {
        QPalette own = palette();
        own.setColor(QPalette::WindowText, ink);
        setPalette(own);
    }
}

}  // namespace ui
