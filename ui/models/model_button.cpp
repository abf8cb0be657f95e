// SPDX-License-Identifier: Apache-2.0
#include "ui/models/model_button.h"

#include <QEvent>
#include <QPainter>
#include <QStyle>
#include <cmath>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "ui/models/model_text.h"
#include "ui/queue/job_text.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int widest_name = 200;
constexpr int least_name = 60;
constexpr int bar_height = 2;

QFont nameFont() { return theme::font(theme::text_body, QFont::DemiBold); }
}  // namespace

ModelButton::ModelButton(app::Application& application, QWidget* parent) : QAbstractButton(parent), application_(application) {
    setObjectName(QStringLiteral("model_button"));
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    app::EngineThread& engine = application_.engine();
    connect(&engine, &app::EngineThread::loadProgressed, this, [this](double fraction) {
        fraction_ = fraction;
        refresh();
    });
    connect(&engine, &app::EngineThread::modelLoaded, this, &ModelButton::refresh);
    connect(&engine, &app::EngineThread::loadFailed, this, &ModelButton::refresh);
    connect(&application_.modelSwitcher(), &app::ModelSwitcher::changed, this, &ModelButton::refresh);
    connect(&application_.models(), &app::ModelCatalogue::changed, this, &ModelButton::refresh);
    refresh();
}

void ModelButton::refresh() {
    const auto& switcher = application_.modelSwitcher();
    const auto& model = application_.engine().model();
    const auto wanted = switcher.wanted();
    const app::ModelEntry* coming = wanted ? application_.models().find(*wanted) : nullptr;
    const bool named = coming && coming->description;  // before, all that is known is the folder
    if (!wanted) fraction_ = -1.0;
    detail_.clear();
    if (wanted) {
        title_ = named ? coming->name : tr("Loading the model");
        if (switcher.isWaiting()) detail_ = tr("after this picture");
        else if (fraction_ > 0) detail_ = percentText(fraction_);
        setToolTip(tr("You can already write and generate: it draws as soon as the model is there."));
    } else if (model) {
        title_ = QString::fromStdString(model->name);
        detail_ = model->device.rfind("cuda", 0) == 0 ? tr("on the graphics card") : tr("on the processor");
        setToolTip(tr("%1, %2\nDraws %3 best\nClick to choose another model")
                       .arg(parametersText(model->parameters), QString::fromStdString(model->dtype), sizesText({model->native_sizes.front()})));
    } else {
        title_ = tr("No model");
        setToolTip(tr("The model could not be loaded. What you generate waits in the queue."));
    }
    setAccessibleName(detail_.isEmpty() ? tr("Model: %1").arg(title_) : tr("Model: %1, %2").arg(title_, detail_));
    setAccessibleDescription(tr("Opens the list of models"));
    updateGeometry();
    update();
}

QSize ModelButton::sizeHint() const {
    const int name = qMin(widest_name, QFontMetrics(nameFont()).horizontalAdvance(title_) + 1);
    const int detail = detail_.isEmpty() ? 0 : theme::space_s + fontMetrics().horizontalAdvance(detail_) + 1;
    return {theme::space_s + name + detail + theme::space_xs + theme::icon_small + theme::space_xs, theme::control_height};
}

QSize ModelButton::minimumSizeHint() const { return {theme::space_l + least_name + theme::icon_small, theme::control_height}; }

void ModelButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    if (isDown()) theme::paintPlate(painter, rect(), p.raised_pressed, {}, theme::radius);
    else if (underMouse()) theme::paintPlate(painter, rect(), p.raised_hover, {}, theme::radius);
    if (hasFocus()) theme::paintFocusRing(painter, rect(), p.focus, theme::radius);

    const auto place = [this](const QRect& logical) { return style()->visualRect(layoutDirection(), rect(), logical); };
    const int right = width() - theme::space_xs - theme::icon_small;
    ui::icon("chevron-down", IconTone::secondary)
        .paint(&painter, place({right, (height() - theme::icon_small) / 2, theme::icon_small, theme::icon_small}));
    const int room = right - theme::space_xs - theme::space_s;
    const QFontMetrics bold(nameFont());
    const int detail_width = detail_.isEmpty() ? 0 : theme::space_s + fontMetrics().horizontalAdvance(detail_) + 1;
    // The name goes before what stands behind it.
    const bool both = room - detail_width >= qMin(least_name, bold.horizontalAdvance(title_));
    const int name_width = qMin(bold.horizontalAdvance(title_) + 1, both ? room - detail_width : room);
    const auto align = Qt::AlignVCenter | Qt::AlignLeading;
    painter.setFont(nameFont());
    painter.setPen(p.text);
    painter.drawText(place({theme::space_s, 0, name_width, height()}), align, bold.elidedText(title_, Qt::ElideRight, name_width));
    if (both && !detail_.isEmpty()) {
        painter.setFont(font());
        painter.setPen(p.text_secondary);
        painter.drawText(place({theme::space_s + name_width + theme::space_s, 0, detail_width, height()}), align, detail_);
    }
    if (fraction_ < 0) return;
    const QRect bar(theme::space_s, height() - bar_height, width() - 2 * theme::space_s, bar_height);
    theme::paintPlate(painter, bar, p.hairline, {}, bar_height / 2.0);
    QRect done = bar;
    done.setWidth(static_cast<int>(std::lround(bar.width() * qBound(0.0, fraction_, 1.0))));
    if (done.width() > 0) theme::paintPlate(painter, place(done), p.focus, {}, bar_height / 2.0);
}

void ModelButton::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QAbstractButton::changeEvent(event);
}

}  // namespace ui
