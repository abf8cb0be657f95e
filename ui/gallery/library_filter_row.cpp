// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/library_filter_row.h"

#include <QAction>
#include <QActionGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QSlider>
#include <QTimer>

#include "ui/rating/rating_widget.h"
#include "ui/theme/flat_button.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int typing_pause_ms = 120;  // a search in 10,000 prompts takes a few milliseconds; one a word is enough
constexpr int side_width = 84;        // beside both columns of a window of 1440 the row is just as wide as its parts
}  // namespace

LibraryFilterRow::LibraryFilterRow(QWidget* parent) :
    QWidget(parent), search_(new QLineEdit(this)), typing_(new QTimer(this)), stars_label_(new QLabel(this)), stars_(new RatingWidget(this)),
    order_(new FlatButton(this)), order_menu_(new QMenu(this)), newest_(order_menu_->addAction(QString())), best_(order_menu_->addAction(QString())),
    picked_(nullptr), predicted_(nullptr), count_(new QLabel(this)), advance_(new FlatButton(this)), side_(new QSlider(Qt::Horizontal, this)) {
    search_->addAction(icon("search", IconTone::secondary), QLineEdit::LeadingPosition);
    search_->setClearButtonEnabled(true);
    search_->setMaximumWidth(theme::prompt_column);
    search_->setMinimumWidth(theme::prompt_column / 2);
    search_->installEventFilter(this);
    typing_->setSingleShot(true);
    typing_->setInterval(typing_pause_ms);
    stars_->setStarSide(theme::icon_small);
    advance_->setCheckable(true);
    advance_->setIconName("arrow-right");
    advance_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    side_->setRange(smallest_side, largest_side);
    side_->setSingleStep(theme::space_s);
    side_->setPageStep(2 * theme::space_l);
    side_->setFixedWidth(side_width);

    buildOrderMenu();

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::space_m, theme::space_s, theme::space_m, theme::space_s);
    row->setSpacing(theme::space_s);
    row->addWidget(search_, 2);
    row->addSpacing(theme::space_s);
    row->addWidget(stars_label_);
    row->addWidget(stars_);
    row->addSpacing(theme::space_s);
    row->addWidget(order_);
    row->addStretch(1);
    row->addWidget(count_);
    row->addSpacing(theme::space_s);
    row->addWidget(advance_);
    row->addWidget(side_);

    connect(search_, &QLineEdit::textChanged, typing_, qOverload<>(&QTimer::start));
    connect(typing_, &QTimer::timeout, this, &LibraryFilterRow::filterChanged);
    connect(stars_, &RatingWidget::ratingChosen, this, &LibraryFilterRow::filterChanged);
    connect(side_, &QSlider::valueChanged, this, &LibraryFilterRow::thumbnailSideChanged);
    retranslate();
}

void LibraryFilterRow::buildOrderMenu() {
    auto* orders = new QActionGroup(this);
    for (QAction* one : {newest_, best_}) {
        one->setCheckable(true);
        orders->addAction(one);
    }
    newest_->setChecked(true);
    order_menu_->addSeparator();
    picked_ = order_menu_->addAction(QString());
    predicted_ = order_menu_->addAction(QString());
    for (QAction* one : {picked_, predicted_}) one->setCheckable(true);
    predicted_->setEnabled(false);
    order_->setObjectName(QStringLiteral("order"));
    order_->setIconName("sliders-horizontal");
    order_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    order_->setPopupMode(QToolButton::InstantPopup);
    order_->setMenu(order_menu_);
    connect(orders, &QActionGroup::triggered, this, [this](const QAction* chosen) {
        if ((chosen == best_) == best_chosen_) {
            Q_EMIT orderChosenAgain();
            return;
        }
        best_chosen_ = chosen == best_;
        showOrder();
        Q_EMIT filterChanged();
    });
    for (QAction* one : {picked_, predicted_}) {
        connect(one, &QAction::triggered, this, [this] {
            showOrder();
            Q_EMIT filterChanged();
        });
    }
}

GalleryFilter LibraryFilterRow::filter() const {
    GalleryFilter filter{search_->text(), stars_->rating()};
    filter.counts_predicted = predicted_->isChecked();
    filter.only_picked = picked_->isChecked();
    filter.order = best_chosen_ ? GalleryOrder::best : GalleryOrder::newest;
    return filter;
}

void LibraryFilterRow::setPredictionsKnown(bool known) {
    if (predicted_->isEnabled() == known) return;
    predicted_->setEnabled(known);
    retranslate();
}

/// The button says the order, and whether only picks are shown.
void LibraryFilterRow::showOrder() {
    const QString order = best_chosen_ ? tr("Best first") : tr("Newest first");
    order_->setText(picked_->isChecked() ? tr("%1, picked").arg(order) : order);
    order_->setAccessibleName(tr("Order: %1").arg(order_->text()));
}

void LibraryFilterRow::clearFilter() {
    search_->clear();
    stars_->setRating(0);
    picked_->setChecked(false);
    showOrder();
    typing_->stop();
    Q_EMIT filterChanged();
}

void LibraryFilterRow::setCounts(int shown, int all) {
    shown_ = shown;
    all_ = all;
    showCounts();
}

void LibraryFilterRow::showCounts() {
    const QString all = locale().toString(all_);
    if (shown_ != all_) {
        count_->setText(tr("%1 of %2").arg(locale().toString(shown_), all));
    } else if (all_ == 1) {
        count_->setText(tr("1 picture"));
    } else {
        count_->setText(tr("%1 pictures").arg(all));
    }
}

void LibraryFilterRow::setThumbnailSide(int side) { side_->setValue(side); }
bool LibraryFilterRow::advancesAfterRating() const { return advance_->isChecked(); }

void LibraryFilterRow::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

void LibraryFilterRow::retranslate() {
    search_->setPlaceholderText(tr("Search prompts"));
    search_->setAccessibleName(tr("Search prompts"));
    search_->setToolTip(tr("Pictures whose prompt has all of these words"));
    stars_label_->setText(tr("At least"));
    stars_->setAccessibleName(tr("At least this many stars"));
    stars_->setToolTip(tr("Show pictures with at least this many stars. Click the same star again to show all."));
    newest_->setText(tr("Newest first"));
    best_->setText(predicted_->isEnabled() ? tr("Best first (predicted)") : tr("Best first"));
    picked_->setText(tr("Picked only"));
    predicted_->setText(tr("Predicted stars count, too"));
    order_->setToolTip(tr("In which order, and which pictures. The order of the best is made anew when you come back here or choose it again."));
    showOrder();
    advance_->setText(tr("Next after rating"));
    advance_->setName(tr("Next after rating"));
    advance_->setToolTip(tr("A key from 0 to 5 rates the picture and goes on to the next one."));
    side_->setAccessibleName(tr("Size of the pictures"));
    side_->setToolTip(tr("Size of the pictures"));
    showCounts();
}

void LibraryFilterRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    painter.fillRect(rect(), palette.chrome);
    theme::paintHairline(painter, rect(), Qt::BottomEdge, palette.hairline);
}

void LibraryFilterRow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

bool LibraryFilterRow::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape || key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Down) {
            if (typing_->isActive()) {
                typing_->stop();
                Q_EMIT filterChanged();
            }
            Q_EMIT leftSearch();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace ui
