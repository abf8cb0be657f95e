// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/queue_panel.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "ui/models/model_text.h"
#include "ui/queue/queue_list.h"
#include "ui/queue/queue_model.h"
#include "ui/theme/theme.h"

namespace ui {

QueuePanel::QueuePanel(app::Application& application, QWidget* parent) :
    QWidget(parent), queue_(application.queue()), paused_by_crash_(queue_.isPaused()), model_(new QueueModel(queue_, this)),
    list_(new QueueList(queue_, *model_, this)), title_(new QLabel(this)), pause_(new FlatButton(this)), banner_(new QFrame(this)),
    banner_text_(new QLabel(banner_)), resume_(new QPushButton(banner_)), cancel_all_(new QPushButton(this)), clear_finished_(new QPushButton(this)) {
    title_->setFont(theme::font(theme::text_prompt, QFont::DemiBold));
    banner_text_->setWordWrap(true);

    auto* header = new QHBoxLayout;
    header->setContentsMargins(theme::space_m, theme::space_s, theme::space_s, theme::space_xs);
    header->addWidget(title_, 1);
    header->addWidget(pause_);

    auto* banner = new QVBoxLayout(banner_);
    banner->setContentsMargins(theme::space_m, theme::space_s, theme::space_m, theme::space_m);
    banner->setSpacing(theme::space_s);
    banner->addWidget(banner_text_);
    banner->addWidget(resume_, 0, Qt::AlignLeading);

    auto* footer = new QHBoxLayout;
    footer->setContentsMargins(theme::space_m, theme::space_s, theme::space_m, theme::space_m);
    footer->setSpacing(theme::space_s);
    footer->addWidget(cancel_all_);
    footer->addStretch();
    footer->addWidget(clear_finished_);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(header);
    column->addWidget(banner_);
    column->addWidget(list_, 1);
    column->addLayout(footer);

    showAwaitedModels(application);
    connect(pause_, &QToolButton::clicked, this, [this] { queue_.setPaused(!queue_.isPaused()); });
    connect(resume_, &QPushButton::clicked, this, [this] { queue_.setPaused(false); });
    connect(cancel_all_, &QPushButton::clicked, this, [this] { queue_.cancelAll(); });
    connect(clear_finished_, &QPushButton::clicked, this, [this] { queue_.forgetFinished(); });
    connect(&queue_, &app::JobQueue::pausedChanged, this, [this](bool paused) {
        if (!paused) paused_by_crash_ = false;
        retranslate();
    });
    connect(model_, &QAbstractItemModel::dataChanged, this, &QueuePanel::refresh);
    connect(model_, &QAbstractItemModel::rowsInserted, this, &QueuePanel::refresh);
    connect(model_, &QAbstractItemModel::rowsRemoved, this, &QueuePanel::refresh);
    retranslate();
}

void QueuePanel::setDrawnToCompare(std::function<bool(app::JobId)> drawn_to_compare) { model_->setDrawnToCompare(std::move(drawn_to_compare)); }

void QueuePanel::showAwaitedModels(app::Application& application) {
    app::ModelCatalogue& models = application.models();
    app::EngineThread& engine = application.engine();
    model_->setAwaitedModel([&models, &engine](const app::Job& job) -> std::optional<QueueModel::Awaited> {
        const std::string& id = job.request.model_id;
        const auto& loaded = engine.model();
        if (job.state != app::JobState::waiting || id.empty() || !loaded || loaded->id == id) return std::nullopt;
        const app::ModelEntry* entry = models.findByIdentity(id);
        return QueueModel::Awaited{modelWords(models, id), entry && !entry->problem, models.successorOf(id) != nullptr};
    });
    connect(&application.modelSwitcher(), &app::ModelSwitcher::changed, model_, &QueueModel::refreshAll);
    connect(&models, &app::ModelCatalogue::changed, model_, &QueueModel::refreshAll);
    connect(&models, &app::ModelCatalogue::removed, model_, &QueueModel::refreshAll);
    connect(list_, &QueueList::modelWanted, this, [this, &application](app::JobId id) {
        const app::Job* job = queue_.find(id);
        const app::ModelEntry* entry = job ? application.models().findByIdentity(job->request.model_id) : nullptr;
        if (entry) application.modelSwitcher().use(entry->id);
    });
    connect(list_, &QueueList::successorWanted, this, [this, &application](app::JobId id) {
        const app::Job* job = queue_.find(id);
        const app::ModelEntry* successor = job ? application.models().successorOf(job->request.model_id) : nullptr;
        if (!successor) return;
        const auto amended = application.generation().drawWith(id, successor->identity);
        if (!amended) return Q_EMIT failed(amended.error());
        application.modelSwitcher().use(successor->id);
    });
}

QSize QueuePanel::sizeHint() const { return {theme::prompt_column, theme::prompt_column + theme::prompt_column / 2}; }

void QueuePanel::refresh() {
    const auto& jobs = queue_.jobs();
    const bool finished = std::any_of(jobs.begin(), jobs.end(), [](const app::Job& job) { return app::isFinished(job.state); });
    const bool open = queue_.running() || queue_.waitingCount() > 0;
    cancel_all_->setEnabled(open);
    clear_finished_->setEnabled(finished);
    banner_->setVisible(queue_.isPaused());
}

void QueuePanel::retranslate() {
    const bool paused = queue_.isPaused();
    title_->setText(tr("Queue"));
    setAccessibleName(tr("Queue"));
    pause_->setIconName(paused ? "play" : "pause");
    pause_->setName(paused ? tr("Resume the queue") : tr("Pause after the running job"));
    banner_text_->setText(paused_by_crash_ ? tr("Fuselight did not close by itself last time, so the queue waits for you. Nothing was lost.")
                                           : tr("The queue is paused. Nothing new starts until you resume it."));
    resume_->setText(tr("Resume"));
    resume_->setAccessibleName(tr("Resume the queue"));
    cancel_all_->setText(tr("Cancel all"));
    clear_finished_->setText(tr("Clear finished"));
    clear_finished_->setToolTip(tr("Takes finished jobs off this list. Their pictures stay in the library."));
    refresh();
}

void QueuePanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

}  // namespace ui
