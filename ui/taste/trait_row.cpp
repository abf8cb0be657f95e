// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/trait_row.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>

#include "ui/taste/thumbnail_row.h"
#include "ui/theme/caption.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int bar_height = 4;
constexpr int words_width = 200;
constexpr int percent = 100;
}  // namespace

TraitRow::TraitRow(app::Library& library, app::ThumbnailLoader& thumbnails, QWidget* parent) :
    QWidget(parent), words_(new QLabel(this)), more_(new Caption(this)), less_(new Caption(this)),
    liked_(new ThumbnailRow(library, thumbnails, this)), disliked_(new ThumbnailRow(library, thumbnails, this)) {
    words_->setFont(theme::font(theme::text_body, QFont::DemiBold));
    words_->setWordWrap(true);
    words_->setFixedWidth(words_width);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, theme::space_s, 0, theme::space_s);
    grid->setHorizontalSpacing(theme::space_xl);
    grid->setVerticalSpacing(theme::space_xs);
    grid->addWidget(words_, 1, 0, Qt::AlignVCenter);
    grid->addWidget(more_, 0, 1);
    grid->addWidget(liked_, 1, 1);
    grid->addWidget(less_, 0, 2);
    grid->addWidget(disliked_, 1, 2);
    grid->setColumnStretch(3, 1);
    connect(liked_, &ThumbnailRow::clicked, this, &TraitRow::pictureClicked);
    connect(disliked_, &ThumbnailRow::clicked, this, &TraitRow::pictureClicked);
    refresh();
}

void TraitRow::setTrait(const TasteTrait& trait) {
    trait_ = trait;
    refresh();
    update();
}

void TraitRow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

QRect TraitRow::barArea() const { return {words_->geometry().left(), height() - theme::space_s - bar_height, words_width, bar_height}; }

void TraitRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& palette = colors(this);
    const QRectF bar = barArea();
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette.raised_pressed);
    painter.drawRoundedRect(bar, bar_height / 2.0, bar_height / 2.0);
    QRectF filled = bar;
    filled.setWidth(bar.width() * qBound(0.0, trait_.weight, 1.0));
    if (layoutDirection() == Qt::RightToLeft) filled.moveRight(bar.right());
    painter.setBrush(palette.accent);
    painter.drawRoundedRect(filled, bar_height / 2.0, bar_height / 2.0);
}

void TraitRow::refresh() {
    words_->setText(trait_.words);
    more_->setText(tr("You like"));
    less_->setText(tr("You like less"));
    liked_->setItems(trait_.liked);
    disliked_->setItems(trait_.disliked);
    liked_->setAccessibleName(tr("Pictures you like for it: %1").arg(trait_.words));
    disliked_->setAccessibleName(tr("Pictures you like less: %1").arg(trait_.words));
    const QString share = tr("Makes up %1 % of what Fuselight sees in your ratings").arg(qRound(trait_.weight * percent));
    setToolTip(share);
    setAccessibleName(trait_.words);
    setAccessibleDescription(share);
}

}  // namespace ui
