// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/composer.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeySequence>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QSet>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/feedback/taste_service.h"
#include "app/feedback/trial_service.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/settings/settings_store.h"
#include "ui/prompt/generate_button.h"
#include "ui/prompt/parameter_panel.h"
#include "ui/prompt/prompt_editor.h"
#include "ui/prompt/replace_prompt_command.h"
#include "ui/prompt/seed_field.h"
#include "ui/taste/strength_dial.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int most_history = 20;
constexpr int longest_history_line = 60;
constexpr double whole = 100.0;  ///< per cent
}  // namespace

Composer::Composer(app::Application& application, QUndoStack& undo, QWidget* parent) : QWidget(parent), application_(application), undo_(undo) {
    setObjectName(QStringLiteral("composer"));
    setAutoFillBackground(true);
    words_ = new PromptEditor(application.tokens());
    numbers_ = new ParameterPanel;

    auto* page = new QWidget;
    auto* page_column = new QVBoxLayout(page);
    page_column->setContentsMargins(theme::space_l, theme::space_m, theme::space_l, theme::space_m);
    page_column->setSpacing(theme::space_m);
    page_column->addWidget(words_, 1);
    page_column->addWidget(numbers_);
    page_column->addStretch(0);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    strength_ = new StrengthDial(this);
    strength_->setObjectName(QStringLiteral("strength"));
    strength_->setContentsMargins(theme::space_l, theme::space_s, theme::space_l, theme::space_s);
    // After the column, so that Tab comes to them last.
    generate_ = new GenerateButton(this);
    generate_->setObjectName(QStringLiteral("generate"));
    cancel_ = new QPushButton(this);
    cancel_->setObjectName(QStringLiteral("cancel"));
    cancel_->setMinimumHeight(theme::primary_height);
    cancel_->setFocusPolicy(Qt::TabFocus);

    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(theme::space_l, theme::space_m, theme::space_l, theme::space_m);
    buttons->setSpacing(theme::space_s);
    buttons->addWidget(generate_, 1);
    buttons->addWidget(cancel_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addWidget(strength_);
    column->addLayout(buttons);

    connect(words_, &PromptEditor::edited, this, &Composer::onEdited);
    connect(words_, &PromptEditor::historyWanted, this, &Composer::fillHistory);
    connect(numbers_, &ParameterPanel::edited, this, &Composer::onEdited);
    connect(generate_, &QPushButton::clicked, this, &Composer::submit);
    connect(cancel_, &QPushButton::clicked, this, &Composer::cancelRunning);
    for (const auto changed : {&app::JobQueue::jobAdded, &app::JobQueue::jobChanged, &app::JobQueue::jobRemoved})
        connect(&application_.queue(), changed, this, &Composer::onQueueChanged);
    const auto take_model = [this](const inference::ModelInfo& model) {
        words_->setModel(model);
        numbers_->setModel(model);
        words_->setNegativePromptUsed(numbers_->effectiveGuidance() > 1.0);
        showTaste();
    };
    connect(&application_.engine(), &app::EngineThread::modelLoaded, this, take_model);
    if (const auto& model = application_.engine().model()) take_model(*model);

    connect(strength_, &StrengthDial::percentChosen, this, [this](int percent) {
        const auto stored = application_.taste().setAdapter(application_.taste().active().adapter_id, percent / whole);
        if (!stored) Q_EMIT submitFailed(stored.error());
    });
    connect(strength_, &StrengthDial::learnWanted, this, &Composer::tastePageWanted);
    connect(&application_.taste(), &app::TasteService::profileChanged, this, &Composer::takeTaste);
    connect(&application_.taste(), &app::TasteService::knowledgeChanged, this, &Composer::takeKnowledge);
    retranslate();
    setState(application_.settings().settings().composer);
    takeTaste();
    takeKnowledge();
    onQueueChanged();
}

app::Settings::Composer Composer::state() const {
    app::Settings::Composer state;
    state.request = base_;
    state.request.prompt = words_->prompt().toStdString();
    state.request.negative_prompt = words_->negativePrompt().toStdString();
    numbers_->writeTo(state);
    return state;
}

/// What Generate asks for: the choice among candidates is kept while nobody can make it, but not asked for.
inference::GenerationRequest Composer::wanted() const {
    inference::GenerationRequest request = state().request;
    request.candidates = numbers_->candidates();
    return request;
}

void Composer::setState(const app::Settings::Composer& state) {
    base_ = state.request;
    // A picture's identity is not part of what is composed: any loaded model draws it.
    base_.model_id.clear();
    base_.initial_latents_path.clear();
    words_->setTexts(QString::fromStdString(state.request.prompt), QString::fromStdString(state.request.negative_prompt));
    numbers_->setState(state);
    showTaste();
    onEdited();
}

/// The next picture is drawn with the taste in use. One that is used again keeps its own until the dial or the taste changes.
void Composer::takeTaste() {
    base_.adapters = application_.taste().adapters();
    showTaste();
    onEdited();
}

/// Whoever only has to be waited for can be asked already: the queue lets the request wait.
void Composer::takeKnowledge() {
    const app::TasteKnowledge& knowledge = application_.taste().knowledge();
    numbers_->setJudgeThere(knowledge.speaks || knowledge.pending, knowledge.needed);
    showBestOf();
}

void Composer::showBestOf() {
    const QString keys = QKeySequence(Qt::CTRL | Qt::Key_Enter).toString(QKeySequence::NativeText);
    const int candidates = numbers_->candidates();
    generate_->setToolTip(candidates > 1 ? tr("Draw this prompt, the best of %1 for each image (%2)").arg(QString::number(candidates), keys)
                                         : tr("Draw this prompt (%1)").arg(keys));
    generate_->setAccessibleDescription(generate_->toolTip());
}

void Composer::showTaste() {
    const app::TasteProfile& taste = application_.taste().active();
    strength_->setVisible(!taste.adapter_id.isEmpty());
    const auto& model = application_.engine().model();
    strength_->setWaiting(model && application_.taste().isOfAnotherModel(taste.adapter_id, model->id));
    double strength = 0.0;
    for (const inference::AdapterUse& use : base_.adapters) {
        if (use.id == taste.adapter_id.toStdString()) strength = use.strength;
    }
    strength_->setPercent(qRound(strength * whole));
}

void Composer::replace(const app::Settings::Composer& state, const QString& undo_text) {
    const app::Settings::Composer before = this->state();
    if (before == state) return;
    undo_.push(new ReplacePromptCommand(*this, before, state, undo_text));
}

void Composer::setPrompt(const QString& prompt) {
    app::Settings::Composer next = state();
    next.request.prompt = prompt.toStdString();
    replace(next, tr("Replace prompt"));
}

void Composer::useAgain(const inference::GenerationRequest& request, UseAgain parts) {
    app::Settings::Composer next = state();
    switch (parts) {
    case UseAgain::all:
        next.request = request;
        next.seed_locked = true;  // otherwise the next Generate would not draw this picture
        break;
    case UseAgain::all_but_seed: {
        // How many it was chosen from is not the picture's: it stays as it is set.
        const auto [seed, candidates] = std::pair(next.request.seed, next.request.candidates);
        next.request = request;
        next.request.seed = seed;
        next.request.candidates = candidates;
        next.seed_locked = false;
        break;
    }
    case UseAgain::prompt:
        next.request.prompt = request.prompt;
        next.request.negative_prompt = request.negative_prompt;
        break;
    case UseAgain::seed:
        next.request.seed = request.seed;
        next.request.candidates = request.candidates;  // of this very seed
        next.seed_locked = true;
        break;
    case UseAgain::size:
        next.request.width = request.width;
        next.request.height = request.height;
        break;
    }
    next.request.model_id.clear();
    next.request.initial_latents_path.clear();
    replace(next, parts == UseAgain::prompt ? tr("Use prompt again") : tr("Use settings again"));
    if (parts == UseAgain::all || parts == UseAgain::all_but_seed) Q_EMIT usedAgain(request);
}

void Composer::focusPrompt() { words_->focusPrompt(); }

void Composer::submit() {
    numbers_->commit();
    // With a seed of one's own it is this picture that is wanted; else chance may give a version on trial its share.
    if (state().seed_locked) return submitAsIs();
    numbers_->setSeed(randomSeed());
    onEdited();
    std::optional<app::JobId> first;
    for (const app::BlindShare& share : application_.trials().share(wanted(), randomSeed())) {
        const auto job = application_.generation().submit(share.request);
        if (!job) return Q_EMIT submitFailed(job.error());
        if (auto noted = application_.trials().noteJob(*job, share); !noted) Q_EMIT submitFailed(noted.error());
        if (!first) first = *job;
    }
    if (first) Q_EMIT submitted(*first);
}

void Composer::submitAsIs() {
    numbers_->commit();
    onEdited();
    const auto job = application_.generation().submit(wanted());
    if (job) Q_EMIT submitted(*job);
    else Q_EMIT submitFailed(job.error());
}

void Composer::cancelRunning() {
    if (const app::Job* running = application_.queue().running()) application_.queue().cancel(running->id);
}

void Composer::onEdited() {
    words_->setNegativePromptUsed(numbers_->effectiveGuidance() > 1.0);
    showBestOf();
    app::Settings settings = application_.settings().settings();
    settings.composer = state();
    application_.settings().update(settings);
}

void Composer::onQueueChanged() { cancel_->setEnabled(application_.queue().running() != nullptr); }

void Composer::fillHistory() {
    QMenu* menu = words_->historyMenu();
    menu->clear();
    QSet<QString> seen;
    for (const app::LibraryItem& item : application_.library().items()) {
        if (item.prompt.isEmpty() || seen.contains(item.prompt)) continue;
        seen.insert(item.prompt);
        QString line = item.prompt.simplified();
        if (line.size() > longest_history_line) line = line.left(longest_history_line - 1) + QChar(0x2026);
        line.replace(QLatin1Char('&'), QStringLiteral("&&"));
        QAction* action = menu->addAction(line);
        action->setToolTip(item.prompt);
        connect(action, &QAction::triggered, this, [this, prompt = item.prompt] { setPrompt(prompt); });
        if (seen.size() >= most_history) break;
    }
    if (seen.isEmpty()) menu->addAction(tr("Prompts that drew a picture appear here"))->setEnabled(false);
}

void Composer::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void Composer::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    painter.fillRect(rect(), p.chrome);
    theme::paintHairline(painter, QRectF(0, generate_->y() - theme::space_m, width(), 1), Qt::TopEdge, p.hairline);
}

void Composer::retranslate() {
    generate_->setText(tr("Generate"));
    generate_->setKeyHint(QKeySequence(Qt::CTRL | Qt::Key_Enter).toString(QKeySequence::NativeText));
    generate_->setAccessibleName(tr("Generate"));
    showBestOf();
    cancel_->setText(tr("Cancel"));
    cancel_->setAccessibleName(tr("Cancel drawing"));
    cancel_->setToolTip(
        tr("Stop what is being drawn; finished images stay (%1)").arg(QKeySequence(Qt::Key_Escape).toString(QKeySequence::NativeText)));
}

}  // namespace ui
