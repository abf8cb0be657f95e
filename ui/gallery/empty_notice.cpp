// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/empty_notice.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QResizeEvent>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int icon_side = 2 * theme::icon_large;
constexpr int text_width = theme::prompt_column;
}  // namespace

EmptyNotice::EmptyNotice(QWidget* parent) :
    QWidget(parent), icon_(new QLabel(this)), title_(new QLabel(this)), text_(new QLabel(this)), buttons_(new QHBoxLayout) {
    icon_->setAlignment(Qt::AlignCenter);
    title_->setAlignment(Qt::AlignCenter);
    title_->setFont(theme::font(theme::text_prompt, QFont::DemiBold));
    title_->setWordWrap(true);
    title_->setTextFormat(Qt::PlainText);
    text_->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    buttons_->setSpacing(theme::space_s);
    buttons_->setContentsMargins(0, theme::space_s, 0, 0);
    buttons_->setAlignment(Qt::AlignCenter);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_l, theme::space_l, theme::space_l, theme::space_l);
    column->setSpacing(theme::space_s);
    column->addStretch();
    column->addWidget(icon_, 0, Qt::AlignHCenter);
    column->addSpacing(theme::space_xs);
    column->addWidget(title_, 0, Qt::AlignHCenter);
    column->addWidget(text_, 0, Qt::AlignHCenter);
    column->addLayout(buttons_);
    column->addStretch();
    refreshIcon();
}

void EmptyNotice::setWords(const char* icon_name, const QString& title, const QString& text) {
    icon_name_ = icon_name;
    title_->setText(title);
    text_->setText(text);
    text_->setVisible(!text.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(text);
    refreshIcon();
    fitWords();
}

/// Lines of a readable length, and all of them inside where the place is narrow; a centred label does not ask for the height that its lines need.
void EmptyNotice::fitWords() {
    const int width_of_words = qMin(text_width, qMax(1, width() - 2 * theme::space_l));
    for (QLabel* label : {title_, text_}) {
        label->setFixedWidth(width_of_words);
        label->setMinimumHeight(label->heightForWidth(width_of_words));
    }
}

QPushButton* EmptyNotice::addButton() {
    auto* button = new QPushButton(this);
    buttons_->addWidget(button);
    return button;
}

QString EmptyNotice::title() const { return title_->text(); }
QString EmptyNotice::text() const { return text_->text(); }

void EmptyNotice::refreshIcon() {
    icon_->setPixmap(icon(icon_name_, IconTone::secondary).pixmap(QSize(icon_side, icon_side), devicePixelRatioF()));
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, colors(this).text_secondary);
    text_->setPalette(quiet);
}

void EmptyNotice::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitWords();
}

void EmptyNotice::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) refreshIcon();
    QWidget::changeEvent(event);
}

}  // namespace ui
