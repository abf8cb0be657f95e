// SPDX-License-Identifier: Apache-2.0
#include "ui/window/welcome.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/theme/painting.h"
#include "ui/theme/resources.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int picture_side = 128;  // the starter draws 128 x 128: shown one to one
constexpr int card_padding = theme::space_s;
constexpr int words_lines = 3;
constexpr int card_width = picture_side + 2 * card_padding;

int cardHeight() { return card_width + words_lines * QFontMetrics(theme::font(theme::text_caption)).lineSpacing() + theme::space_s; }
}  // namespace

std::vector<Example> starterExamples() {
    const auto picture = [](const char* name) { return QStringLiteral(":/examples/%1.png").arg(QLatin1String(name)); };
    return {
        {QStringLiteral("a yellow star on a navy background"), 4, picture("star")},
        {QStringLiteral("a red heart"), 1, picture("heart")},
        {QStringLiteral("an orange fish on a teal background"), 4, picture("fish")},
        {QStringLiteral("a pink flower on a purple to navy gradient background"), 4, picture("flower")},
        {QStringLiteral("a blue square"), 4, picture("square")},
        {QStringLiteral("a green tree on a sky blue background"), 2, picture("tree")},
    };
}

ExampleCard::ExampleCard(Example example, QWidget* parent) : QAbstractButton(parent), example_(std::move(example)) {
    registerResources();
    picture_.load(example_.picture);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setFixedSize(card_width, cardHeight());
    setText(example_.prompt);
}

QSize ExampleCard::sizeHint() const { return {card_width, cardHeight()}; }

void ExampleCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const theme::Palette& p = colors(this);
    const QColor fill = isDown() ? p.raised_pressed : underMouse() ? p.raised_hover : p.raised;
    theme::paintPlate(painter, rect(), fill, p.is_dark ? QColor() : p.hairline, theme::radius);

    const QRect picture(card_padding, card_padding, picture_side, picture_side);
    QPainterPath corners;
    corners.addRoundedRect(picture, theme::radius_small, theme::radius_small);
    painter.save();
    painter.setClipPath(corners);
    if (picture_.hasAlphaChannel()) theme::paintCheckerboard(painter, picture, p);
    painter.drawPixmap(picture, picture_);
    painter.restore();

    painter.setFont(theme::font(theme::text_caption));
    painter.setPen(p.text);
    const QRect words(card_padding, picture.bottom() + theme::space_s, picture_side, height() - picture.bottom() - theme::space_s - theme::space_xs);
    painter.drawText(words, Qt::AlignLeading | Qt::AlignTop | Qt::TextWordWrap, text());
    if (hasFocus()) theme::paintFocusRing(painter, rect(), p.focus, theme::radius);
}

Welcome::Welcome(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("welcome"));
    title_ = new QLabel(this);
    title_->setFont(theme::font(theme::text_title, QFont::DemiBold));
    title_->setAlignment(Qt::AlignCenter);
    words_ = new QLabel(this);
    words_->setAlignment(Qt::AlignCenter);
    words_->setWordWrap(true);
    grid_ = new QGridLayout;
    grid_->setSpacing(theme::space_m);
    for (const Example& example : starterExamples()) {
        auto* card = new ExampleCard(example, this);
        connect(card, &QAbstractButton::clicked, this, [this, card] { Q_EMIT exampleChosen(card->example()); });
        cards_.push_back(card);
    }
    auto* cards = new QHBoxLayout;
    cards->addStretch(1);
    cards->addLayout(grid_);
    cards->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_xl, theme::space_xl, theme::space_xl, theme::space_xl);
    column->setSpacing(theme::space_s);
    column->addStretch(1);
    column->addWidget(title_);
    column->addWidget(words_);
    column->addSpacing(theme::space_l);
    column->addLayout(cards);
    column->addStretch(1);
    arrange();
    retranslate();
}

void Welcome::arrange() {
    const int room = width() - 2 * theme::space_xl + theme::space_m;
    const int fits = room >= 3 * (card_width + theme::space_m) ? 3 : 2;
    if (fits == columns_) return;
    columns_ = fits;
    for (std::size_t i = 0; i < cards_.size(); ++i) grid_->addWidget(cards_[i], static_cast<int>(i) / fits, static_cast<int>(i) % fits);
}

void Welcome::resizeEvent(QResizeEvent* event) {
    arrange();
    QWidget::resizeEvent(event);
}

void Welcome::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void Welcome::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), colors(this).canvas); }

void Welcome::retranslate() {
    title_->setText(tr("What will you draw?"));
    words_->setText(tr("Write a prompt at the left, or start with one of these."));
    for (ExampleCard* card : cards_) {
        card->setAccessibleName(tr("Draw “%1”").arg(card->example().prompt));
        card->setToolTip(tr("Draw this"));
    }
}

}  // namespace ui
