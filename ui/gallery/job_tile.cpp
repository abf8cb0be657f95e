// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/job_tile.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "app/application.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "ui/errors/error_text.h"
#include "ui/queue/job_text.h"
#include "ui/queue/progress_ring.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int caption_height = theme::space_l;  // as over the pictures beside it
constexpr int padding = theme::space_xs;
constexpr int ring_side = theme::space_xl + theme::space_m;
constexpr int failed_width = 2 * theme::filmstrip_height;
}  // namespace

LiveTile::LiveTile(app::Application& application, QWidget* parent) :
    QAbstractButton(parent), application_(application), side_(theme::filmstrip_height) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
    auto& queue = application.queue();
    connect(&queue, &app::JobQueue::jobAdded, this, [this] { refresh(); });
    connect(&queue, &app::JobQueue::jobChanged, this, [this] { refresh(); });
    connect(&queue, &app::JobQueue::jobRemoved, this, [this] { refresh(); });
    connect(&queue, &app::JobQueue::pausedChanged, this, [this] { refresh(); });
    connect(&application.generation(), &app::GenerationService::livePreviewChanged, this, [this] { update(); });
    hide();
    refresh();
}

const app::Job* LiveTile::job() const { return application_.queue().runningOrNext(); }

void LiveTile::refresh() {
    const app::Job* shown = job();
    const bool running = shown && shown->state == app::JobState::running;
    const int percent = running ? static_cast<int>(shown->fraction * 100) : -1;
    const int waiting = application_.queue().waitingCount();
    if ((shown != nullptr) == has_job_ && percent == shown_percent_ && waiting == shown_waiting_) return;
    shown_percent_ = percent;
    shown_waiting_ = waiting;
    if (shown) {
        setAccessibleName(tr("Drawing: %1").arg(jobTitle(*shown)));
        setAccessibleDescription(jobStatus(*shown));
        setToolTip(QString(jobTitle(*shown) + QStringLiteral("\n") + jobStatus(*shown)));
    }
    if ((shown != nullptr) != has_job_) {
        has_job_ = shown != nullptr;
        setVisible(has_job_);
        Q_EMIT hasJobChanged(has_job_);
    }
    update();
}

void LiveTile::setPictureSide(int side) {
    side_ = side;
    updateGeometry();
}

QSize LiveTile::sizeHint() const { return {side_ + 2 * padding, caption_height + side_ + 2 * padding}; }

void LiveTile::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    const app::Job* shown = job();
    if (!shown) return;
    const QRect area(padding, caption_height + padding, side_, side_);
    painter.setFont(theme::font(theme::text_caption));
    painter.setPen(palette.text_secondary);
    const int waiting = shown->state == app::JobState::running ? application_.queue().waitingCount() : application_.queue().waitingCount() - 1;
    const QString caption = waiting > 0 ? tr("Now, +%1").arg(locale().toString(waiting)) : tr("Now");
    painter.drawText(QRect(padding, 0, side_, caption_height), Qt::AlignLeading | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(caption, Qt::ElideRight, side_));

    const auto& live = application_.generation().livePreview();
    theme::paintPlate(painter, area, palette.raised, {}, theme::radius_small);
    if (live.job == shown->id && !live.images.empty() && !live.images.front().isNull()) {
        const QImage& image = live.images.front();
        const QSize size = image.size().scaled(side_, side_, Qt::KeepAspectRatio);
        const QRect place(area.left() + (side_ - size.width()) / 2, area.top() + (side_ - size.height()) / 2, size.width(), size.height());
        if (image.hasAlphaChannel()) theme::paintCheckerboard(painter, place, palette);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(place, image);
    }
    const QRectF ring(area.center().x() + 0.5 - ring_side / 2.0, area.center().y() + 0.5 - ring_side / 2.0, ring_side, ring_side);
    const QRectF plate = ring.adjusted(-padding, -padding, padding, padding);
    theme::paintPlate(painter, plate, palette.overlay, {}, plate.width() / 2);
    const double fraction = shown->state == app::JobState::running ? shown->fraction : 0.0;
    paintProgressRing(painter, ring, fraction, palette.overlay_hover, palette.overlay_text);
    painter.setPen(palette.overlay_text);
    const QString number = locale().toString(static_cast<int>(fraction * 100));
    painter.drawText(ring, Qt::AlignCenter, number);
    if (hasFocus()) theme::paintFocusRing(painter, QRect(0, caption_height, width(), height() - caption_height), palette.focus, theme::radius);
}

FailedTile::FailedTile(app::Application& application, QWidget* parent) :
    QFrame(parent), application_(application), icon_(new QLabel(this)), sentence_(new QLabel(this)), retry_(new FlatButton("rotate-ccw", {}, this)),
    copy_(new FlatButton("copy", {}, this)), dismiss_(new FlatButton("x", {}, this)) {
    sentence_->setWordWrap(true);
    sentence_->setTextFormat(Qt::PlainText);
    sentence_->setFont(theme::font(theme::text_caption));
    sentence_->setAlignment(Qt::AlignTop | Qt::AlignLeading);
    sentence_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    retry_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);

    auto* words = new QHBoxLayout;
    words->setSpacing(theme::space_s);
    words->addWidget(icon_, 0, Qt::AlignTop);
    words->addWidget(sentence_, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(0);
    buttons->addWidget(retry_);
    buttons->addStretch();
    buttons->addWidget(copy_);
    buttons->addWidget(dismiss_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_s + padding, caption_height + padding + theme::space_s, theme::space_xs + padding,
                               padding + theme::space_xs / 2);
    column->setSpacing(0);
    column->addLayout(words, 1);
    column->addLayout(buttons);

    auto& queue = application.queue();
    connect(&queue, &app::JobQueue::jobChanged, this, [this] { refresh(); });
    connect(&queue, &app::JobQueue::jobRemoved, this, [this] { refresh(); });
    connect(retry_, &QToolButton::clicked, this, [this] {
        if (shown_) application_.queue().retry(*shown_);
    });
    connect(copy_, &QToolButton::clicked, this, [this] {
        const app::Job* job = shown_ ? application_.queue().find(*shown_) : nullptr;
        if (job) QGuiApplication::clipboard()->setText(failureDetail(job->error));
    });
    connect(dismiss_, &QToolButton::clicked, this, [this] {
        if (shown_) application_.queue().forget(*shown_);
    });
    showIcon();
    retranslate();
    refresh();
    setVisible(hasJob());
}

void FailedTile::showIcon() {
    icon_->setPixmap(icon("circle-alert", IconTone::danger).pixmap(QSize(theme::icon_small, theme::icon_small), devicePixelRatioF()));
}

void FailedTile::setPictureSide(int side) { setFixedSize(failed_width, caption_height + side + 2 * padding); }

void FailedTile::refresh() {
    const auto& jobs = application_.queue().jobs();
    // Finished jobs come newest first: the latest failure is the one to talk about.
    const auto failed = std::find_if(jobs.begin(), jobs.end(), [](const app::Job& job) { return job.state == app::JobState::failed; });
    const std::optional<app::JobId> wanted = failed == jobs.end() ? std::nullopt : std::optional(failed->id);
    if (wanted == shown_) return;
    const bool had = hasJob();
    shown_ = wanted;
    if (failed != jobs.end()) {
        sentence_->setText(errorText(failed->error).sentence);
        sentence_->setToolTip(QString(jobTitle(*failed) + QStringLiteral("\n") + errorLine(failed->error)));
        setAccessibleName(tr("Failed: %1").arg(jobTitle(*failed)));
        setAccessibleDescription(errorLine(failed->error));
    }
    setVisible(hasJob());
    if (had != hasJob()) Q_EMIT hasJobChanged(hasJob());
}

void FailedTile::retranslate() {
    retry_->setText(tr("Try again"));
    retry_->setName(tr("Try again"));
    copy_->setName(tr("Copy details"));
    dismiss_->setName(tr("Dismiss"));
}

void FailedTile::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    const QRect area(padding, caption_height + padding, width() - 2 * padding, height() - caption_height - 2 * padding);
    theme::paintPlate(painter, area, palette.raised, palette.danger, theme::radius);
}

void FailedTile::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        shown_.reset();
        refresh();
    }
    if (event->type() == QEvent::PaletteChange) showIcon();
    QFrame::changeEvent(event);
}

}  // namespace ui
