// SPDX-License-Identifier: Apache-2.0
#include "ui/window/model_status.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <cmath>

#include "app/engine/engine_thread.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int progress_width = 96;
constexpr int percent = 100;
constexpr double million = 1e6;
}  // namespace

ModelStatus::ModelStatus(app::EngineThread& engine, QWidget* parent) : QWidget(parent), engine_(engine) {
    setObjectName(QStringLiteral("model_status"));
    name_ = new QLabel(this);
    name_->setTextFormat(Qt::PlainText);
    name_->setFont(theme::font(theme::text_body, QFont::DemiBold));
    detail_ = new QLabel(this);
    detail_->setTextFormat(Qt::PlainText);
    detail_->setForegroundRole(QPalette::PlaceholderText);
    progress_ = new QProgressBar(this);
    progress_->setTextVisible(false);
    progress_->setFixedWidth(progress_width);
    progress_->setRange(0, percent);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::space_s);
    row->addWidget(name_);
    row->addWidget(detail_);
    row->addWidget(progress_);
    row->addStretch(1);

    connect(&engine_, &app::EngineThread::loadProgressed, this, [this](double fraction) {
        state_ = State::loading;
        fraction_ = fraction;
        refresh();
    });
    connect(&engine_, &app::EngineThread::modelLoaded, this, [this] {
        state_ = State::ready;
        refresh();
    });
    connect(&engine_, &app::EngineThread::loadFailed, this, [this] {
        state_ = State::failed;
        refresh();
    });
    if (engine_.model()) state_ = State::ready;
    refresh();
}

void ModelStatus::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

void ModelStatus::refresh() {
    progress_->setVisible(state_ == State::loading);
    switch (state_) {
    case State::loading: {
        const int done = static_cast<int>(std::lround(fraction_ * percent));
        name_->setText(tr("Loading the model"));
        detail_->setText(done > 0 ? tr("%1 %").arg(done) : QString());
        progress_->setValue(done);
        progress_->setAccessibleName(tr("Loading the model"));
        setToolTip(tr("You can already write and generate: it draws as soon as the model is there."));
        break;
    }
    case State::ready: {
        const inference::ModelInfo& model = *engine_.model();
        name_->setText(QString::fromStdString(model.name));
        const bool on_card = model.device.rfind("cuda", 0) == 0;
        detail_->setText(on_card ? tr("on the graphics card") : tr("on the processor"));
        const inference::ImageSize native = model.native_sizes.empty() ? inference::ImageSize{} : model.native_sizes.front();
        setToolTip(tr("%1 million parameters, %2\nDraws %3 × %4 best")
                       .arg(std::lround(static_cast<double>(model.parameters) / million))
                       .arg(QString::fromStdString(model.dtype))
                       .arg(native.width)
                       .arg(native.height));
        break;
    }
    case State::failed:
        name_->setText(tr("No model"));
        detail_->setText(QString());
        setToolTip(tr("The model could not be loaded. What you generate waits in the queue."));
        break;
    }
    setAccessibleName(detail_->text().isEmpty() ? name_->text() : QString(name_->text() + QStringLiteral(", ") + detail_->text()));
}

}  // namespace ui
