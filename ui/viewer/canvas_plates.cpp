// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/canvas_plates.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>

#include "ui/queue/progress_ring.h"
#include "ui/rating/pick_text.h"
#include "ui/rating/rating_widget.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {

void writeOnOverlay(QLabel* label) {
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, colors(label).overlay_text);
    label->setPalette(palette);
}

/// The change of palette that writeOnOverlay itself makes must not start another.
bool needsInk(const QLabel* label) { return label->palette().color(QPalette::WindowText) != colors(label).overlay_text; }

}  // namespace

RatingPlate::RatingPlate(QWidget* parent) : OverlayPlate(parent), stars_(new RatingWidget(this)), pick_(new QLabel(this)) {
    stars_->setSurface(StarRow::Surface::overlay);
    pick_->setObjectName(QStringLiteral("pick"));
    pick_->hide();
    row()->addWidget(stars_);
    row()->addWidget(pick_);
}

void RatingPlate::showPick(app::PickAnswer pick) {
    const bool said = pick != app::PickAnswer::taken_back;
    const QString text = pickText(pick);
    if (said) pick_->setPixmap(icon(pick == app::PickAnswer::picked ? "check" : "x", IconTone::overlay).pixmap(theme::icon_small));
    pick_->setToolTip(text);
    pick_->setAccessibleName(text);
    pick_->setVisible(said);
}

class ProgressPlate::Ring final : public QWidget {
public:
    explicit Ring(QWidget* parent) : QWidget(parent) { setFixedSize(theme::icon_large, theme::icon_large); }

    void setFraction(double fraction) {
        if (qFuzzyCompare(1 + fraction, 1 + fraction_)) return;
        fraction_ = fraction;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const auto& palette = colors(this);
        paintProgressRing(painter, rect(), fraction_, palette.overlay_hover, palette.overlay_text);
    }

private:
    double fraction_ = 0.0;
};

ProgressPlate::ProgressPlate(QWidget* parent) :
    OverlayPlate(parent), ring_(new Ring(this)), label_(new QLabel(this)), cancel_(new OverlayButton("x", this)) {
    label_->setTextFormat(Qt::PlainText);
    writeOnOverlay(label_);
    row()->setContentsMargins(theme::space_m, theme::space_xs, theme::space_xs, theme::space_xs);
    row()->setSpacing(theme::space_s);
    row()->addWidget(ring_);
    row()->addWidget(label_);
    row()->addWidget(cancel_);
    connect(cancel_, &QToolButton::clicked, this, &ProgressPlate::cancelled);
    retranslate();
}

void ProgressPlate::showProgress(double fraction, const QString& text) {
    ring_->setFraction(fraction);
    if (text == text_) return;
    text_ = text;
    label_->setText(text);
    setAccessibleName(text);
    // As wide as it ever was: a plate that breathes with its numbers draws the eye from the picture.
    label_->setMinimumWidth(qMax(label_->minimumWidth(), label_->sizeHint().width()));
}

void ProgressPlate::retranslate() { cancel_->setName(tr("Cancel"), tr("Stop drawing (Esc)")); }

void ProgressPlate::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        label_->setMinimumWidth(0);
        retranslate();
    }
    if (event->type() == QEvent::PaletteChange && needsInk(label_)) writeOnOverlay(label_);
    OverlayPlate::changeEvent(event);
}

ZoomPlate::ZoomPlate(QWidget* parent) :
    OverlayPlate(parent), batch_(new OverlayButton("grid-2x2", this)), out_(new OverlayButton("minus", this)), percent_(new QLabel(this)),
    in_(new OverlayButton("plus", this)), actual_(new OverlayButton(nullptr, this)), fit_(new OverlayButton("scan", this)) {
    percent_->setAlignment(Qt::AlignCenter);
    percent_->setFont(theme::font(theme::text_caption));
    percent_->setMinimumWidth(percent_->fontMetrics().horizontalAdvance(QStringLiteral("3,200 %")));
    writeOnOverlay(percent_);
    actual_->setText(QStringLiteral("1:1"));
    row()->setSpacing(0);
    for (QWidget* part : {static_cast<QWidget*>(batch_), static_cast<QWidget*>(out_), static_cast<QWidget*>(percent_), static_cast<QWidget*>(in_),
                          static_cast<QWidget*>(actual_), static_cast<QWidget*>(fit_)})
        row()->addWidget(part);
    batch_->hide();
    connect(batch_, &QToolButton::clicked, this, &ZoomPlate::batchWanted);
    connect(out_, &QToolButton::clicked, this, &ZoomPlate::zoomOutWanted);
    connect(in_, &QToolButton::clicked, this, &ZoomPlate::zoomInWanted);
    connect(actual_, &QToolButton::clicked, this, &ZoomPlate::actualWanted);
    connect(fit_, &QToolButton::clicked, this, &ZoomPlate::fitWanted);
    retranslate();
}

void ZoomPlate::showZoom(double zoom, bool fits) {
    //: Zoom of a picture in per cent
    percent_->setText(tr("%1 %").arg(locale().toString(qRound(zoom * 100))));
    fit_->setCheckable(true);
    fit_->setChecked(fits);
    actual_->setCheckable(true);
    actual_->setChecked(qFuzzyCompare(zoom, 1.0));
}

void ZoomPlate::setBatchOffered(bool offered) { batch_->setVisible(offered); }

void ZoomPlate::retranslate() {
    batch_->setName(tr("All pictures of this batch"), tr("All pictures of this batch (Enter)"));
    out_->setName(tr("Zoom out"), tr("Zoom out (Ctrl+-)"));
    in_->setName(tr("Zoom in"), tr("Zoom in (Ctrl++)"));
    actual_->setName(tr("Actual pixels"), tr("One pixel of the picture on one pixel of the screen (Ctrl+1)"));
    fit_->setName(tr("Fit to window"), tr("Fit to window (Ctrl+0)"));
    percent_->setAccessibleName(tr("Zoom"));
}

void ZoomPlate::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    if (event->type() == QEvent::PaletteChange && needsInk(percent_)) writeOnOverlay(percent_);
    OverlayPlate::changeEvent(event);
}

}  // namespace ui
