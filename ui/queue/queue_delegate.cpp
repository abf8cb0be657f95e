// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/queue_delegate.h"

#include <QAbstractItemView>
#include <QCoreApplication>
#include <QPainter>

#include "ui/queue/job_text.h"
#include "ui/queue/progress_ring.h"
#include "ui/queue/queue_model.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::QueueDelegate)
};

constexpr int bar_height = theme::space_xs;
constexpr int longest_failure_lines = 4;

const QueueModel& modelOf(const QModelIndex& index) { return *static_cast<const QueueModel*>(index.model()); }
const app::Job& jobOf(const QModelIndex& index) { return modelOf(index).jobAt(index.row()); }
QString statusOf(const QModelIndex& index) { return modelOf(index).statusAt(index.row()); }

bool startsSection(const QModelIndex& index) { return index.data(QueueModel::starts_section_role).toBool(); }

QString sectionText(QueueModel::Section section) {
    switch (section) {
    case QueueModel::Section::running: return Words::tr("Drawing");
    case QueueModel::Section::waiting: return Words::tr("Waiting");
    case QueueModel::Section::finished: return Words::tr("Finished");
    }
    return {};
}

int captionHeight() { return theme::space_xl + theme::space_xs; }

}  // namespace

std::vector<QueueAction> actionsFor(const app::Job& job) {
    switch (job.state) {
    case app::JobState::waiting:
    case app::JobState::running: return {QueueAction::cancel};
    case app::JobState::failed: return {QueueAction::retry, QueueAction::copy_detail, QueueAction::remove};
    case app::JobState::cancelled: return {QueueAction::retry, QueueAction::remove};
    case app::JobState::done: return {QueueAction::remove};
    }
    return {};
}

QString actionText(QueueAction action) {
    switch (action) {
    case QueueAction::cancel: return Words::tr("Cancel");
    case QueueAction::retry: return Words::tr("Try again");
    case QueueAction::copy_detail: return Words::tr("Copy details");
    case QueueAction::remove: return Words::tr("Remove from list");
    case QueueAction::load_model: return Words::tr("Load its model and draw");
    case QueueAction::use_successor: return Words::tr("Draw with the version there is now");
    }
    return {};
}

const char* actionIcon(QueueAction action) {
    switch (action) {
    case QueueAction::cancel: return "x";
    case QueueAction::retry: return "rotate-ccw";
    case QueueAction::copy_detail: return "copy";
    case QueueAction::remove: return "x";
    case QueueAction::load_model:
    case QueueAction::use_successor: return "layers";
    }
    return "x";
}

QueueDelegate::QueueDelegate(QObject* parent) : QAbstractItemDelegate(parent) {}

void QueueDelegate::setHover(const QModelIndex& index, std::optional<QueueAction> action) {
    hovered_ = index;
    hovered_action_ = action;
}

QueueDelegate::Places QueueDelegate::places(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const app::Job& job = jobOf(index);
    Places at;
    QRect area = option.rect;
    if (startsSection(index)) {
        at.caption = QRect(area.left() + theme::space_m, area.top(), area.width() - 2 * theme::space_m, captionHeight());
        area.setTop(area.top() + captionHeight());
    }
    at.row = area.adjusted(theme::space_xs, 0, -theme::space_xs, 0);
    const QRect inner = at.row.adjusted(theme::space_s, theme::space_s, -theme::space_s, -theme::space_s);
    at.state = QRect(inner.left(), inner.top(), theme::icon_small, theme::icon_small);
    const int left = at.state.right() + 1 + theme::space_s;
    const int title_height = QFontMetrics(theme::font(theme::text_body)).height();

    const std::vector<QueueAction> actions = modelOf(index).actionsAt(index.row());
    const bool active = hovered_ == index || (option.state & QStyle::State_Selected);
    int right = inner.right() + 1;
    if (active) {
        for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
            right -= theme::space_xl;
            at.buttons.insert(at.buttons.begin(), QRect(right, at.row.top() + theme::space_xs, theme::space_xl, theme::space_xl));
        }
        if (!actions.empty()) right -= theme::space_xs;
    }
    at.title = QRect(left, inner.top(), right - left, title_height);
    const int bar = job.state == app::JobState::running ? bar_height + theme::space_xs : 0;
    at.status = QRect(left, at.title.bottom() + 1 + theme::space_xs / 2, inner.right() + 1 - left,
                      inner.bottom() - at.title.bottom() - theme::space_xs / 2 - bar);
    if (bar > 0) at.bar = QRect(left, inner.bottom() + 1 - bar_height, inner.right() + 1 - left, bar_height);
    if (option.direction == Qt::RightToLeft) {
        const auto mirror = [&option](QRect& part) { part = QStyle::visualRect(Qt::RightToLeft, option.rect, part); };
        for (QRect* part : {&at.caption, &at.state, &at.title, &at.status, &at.bar}) {
            if (part->isValid()) mirror(*part);
        }
        for (QRect& button : at.buttons) mirror(button);
    }
    return at;
}

QSize QueueDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const int width = view ? view->viewport()->width() : option.rect.width();
    const app::Job& job = jobOf(index);
    const QFontMetrics caption(theme::font(theme::text_caption));
    int status = caption.height();
    if (job.state == app::JobState::failed) {
        const int room = width - 2 * theme::space_xs - 3 * theme::space_s - theme::icon_small;
        const QRect needed = caption.boundingRect(QRect(0, 0, qMax(room, 1), width), Qt::TextWordWrap, statusOf(index));
        status = qMin(needed.height(), longest_failure_lines * caption.height());
    }
    int height = 2 * theme::space_s + QFontMetrics(theme::font(theme::text_body)).height() + theme::space_xs / 2 + status;
    if (job.state == app::JobState::running) height += bar_height + theme::space_xs;
    if (startsSection(index)) height += captionHeight();
    return {width, height};
}

std::optional<QueueAction> QueueDelegate::actionAt(const QStyleOptionViewItem& option, const QModelIndex& index, QPoint point) const {
    const Places at = places(option, index);
    const std::vector<QueueAction> actions = modelOf(index).actionsAt(index.row());
    for (size_t i = 0; i < at.buttons.size() && i < actions.size(); ++i) {
        if (at.buttons[i].contains(point)) return actions[i];
    }
    return std::nullopt;
}

void QueueDelegate::paintState(QPainter& painter, const QRect& area, const app::Job& job, const QStyleOptionViewItem& option) const {
    const auto& palette = colors(option.palette);
    switch (job.state) {
    case app::JobState::running: paintProgressRing(painter, area, job.fraction, palette.hairline, palette.focus); return;
    case app::JobState::waiting: icon("clock", IconTone::secondary).paint(&painter, area); return;
    case app::JobState::done: icon("circle-check", IconTone::secondary).paint(&painter, area); return;
    case app::JobState::failed: icon("circle-alert", IconTone::danger).paint(&painter, area); return;
    case app::JobState::cancelled: icon("ban", IconTone::secondary).paint(&painter, area); return;
    }
}

void QueueDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const app::Job& job = jobOf(index);
    const auto& palette = colors(option.palette);
    const Places at = places(option, index);
    const bool hovered = hovered_ == index;
    const bool selected = option.state & QStyle::State_Selected;
    const auto align = Qt::AlignVCenter | Qt::AlignLeading;
    painter->save();
    painter->setLayoutDirection(option.direction);
    if (at.caption.isValid()) {
        painter->setFont(theme::font(theme::text_caption, QFont::DemiBold));
        painter->setPen(palette.text_secondary);
        painter->drawText(at.caption, align, sectionText(QueueModel::sectionOf(job)));
    }
    if (selected || hovered) theme::paintPlate(*painter, at.row, selected ? palette.raised_pressed : palette.raised, {}, theme::radius);
    if (option.state & QStyle::State_HasFocus) theme::paintFocusRing(*painter, at.row, palette.focus, theme::radius);
    paintState(*painter, at.state, job, option);

    const QFont body = theme::font(theme::text_body);
    painter->setFont(body);
    painter->setPen(job.state == app::JobState::done || job.state == app::JobState::cancelled ? palette.text_secondary : palette.text);
    painter->drawText(at.title, align, QFontMetrics(body).elidedText(jobTitle(job), Qt::ElideRight, at.title.width()));

    const QFont caption = theme::font(theme::text_caption);
    painter->setFont(caption);
    painter->setPen(job.state == app::JobState::failed ? palette.danger : palette.text_secondary);
    if (job.state == app::JobState::failed) {
        painter->drawText(at.status, Qt::AlignTop | Qt::AlignLeading | Qt::TextWordWrap, statusOf(index));
    } else {
        painter->drawText(at.status, align, QFontMetrics(caption).elidedText(statusOf(index), Qt::ElideRight, at.status.width()));
    }
    if (at.bar.isValid()) {
        const double corner = bar_height / 2.0;
        theme::paintPlate(*painter, at.bar, palette.hairline, {}, corner);
        QRect done = at.bar;
        done.setWidth(qRound(at.bar.width() * qBound(0.0, job.fraction, 1.0)));
        if (done.width() >= bar_height) {
            if (option.direction == Qt::RightToLeft) done.moveRight(at.bar.right());
            theme::paintPlate(*painter, done, palette.focus, {}, corner);
        }
    }
    const std::vector<QueueAction> actions = modelOf(index).actionsAt(index.row());
    for (size_t i = 0; i < at.buttons.size(); ++i) {
        if (hovered && hovered_action_ == actions[i])
            theme::paintPlate(*painter, at.buttons[i], palette.raised_hover, palette.control_line, theme::radius_small);
        constexpr int inset = (theme::space_xl - theme::icon_small) / 2;
        icon(actionIcon(actions[i])).paint(painter, at.buttons[i].adjusted(inset, inset, -inset, -inset));
    }
    painter->restore();
}

}  // namespace ui
