// SPDX-License-Identifier: Apache-2.0
#include "ui/models/models_panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/models/load_order.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "ui/models/model_card.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int panel_width = 440;
constexpr int panel_height = 560;
constexpr int look_again_ms = 3000;
}  // namespace

ModelsPanel::ModelsPanel(app::Application& application, QWidget* parent) :
    QWidget(parent), catalogue_(application.models()), switcher_(application.modelSwitcher()), engine_(application.engine()),
    title_(new QLabel(this)), hint_(new QLabel(this)), add_(new QPushButton(this)), scroll_(new QScrollArea(this)) {
    setObjectName(QStringLiteral("models_panel"));
    title_->setFont(theme::font(theme::text_prompt, QFont::DemiBold));
    hint_->setWordWrap(true);
    hint_->setForegroundRole(QPalette::PlaceholderText);
    add_->setObjectName(QStringLiteral("add_model"));
    add_->setIcon(icon("plus"));
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(scroll_);
    page->setBackgroundRole(QPalette::Window);
    list_ = new QVBoxLayout(page);
    list_->setContentsMargins(theme::space_m, 0, theme::space_m, theme::space_m);
    list_->setSpacing(theme::space_s);
    list_->addWidget(hint_);
    list_->addStretch(1);
    scroll_->setWidget(page);

    auto* header = new QHBoxLayout;
    header->setContentsMargins(theme::space_l, theme::space_m, theme::space_m, theme::space_s);
    header->addWidget(title_, 1);
    header->addWidget(add_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(header);
    column->addWidget(scroll_, 1);

    look_again_.setInterval(look_again_ms);
    connect(&look_again_, &QTimer::timeout, this, [this] { catalogue_.refreshAll(); });
    connect(add_, &QPushButton::clicked, this, &ModelsPanel::addRequested);
    connect(&catalogue_, &app::ModelCatalogue::added, this, &ModelsPanel::synchronise);
    connect(&catalogue_, &app::ModelCatalogue::listed, this, &ModelsPanel::synchronise);
    connect(&catalogue_, &app::ModelCatalogue::removed, this, &ModelsPanel::synchronise);
    connect(&catalogue_, &app::ModelCatalogue::changed, this, &ModelsPanel::refreshCards);
    connect(&catalogue_, &app::ModelCatalogue::hashProgressed, this, &ModelsPanel::refreshCards);
    connect(&switcher_, &app::ModelSwitcher::changed, this, [this] {
        if (!switcher_.wanted()) load_fraction_ = -1.0;
        refreshCards();
    });
    connect(&application.engine(), &app::EngineThread::loadProgressed, this, [this](double fraction) {
        load_fraction_ = fraction;
        refreshCards();
    });
    synchronise();
    retranslate();
}

QSize ModelsPanel::sizeHint() const { return {panel_width, panel_height}; }

ModelCard* ModelsPanel::card(app::ModelId id) const {
    const auto found = std::find_if(cards_.begin(), cards_.end(), [id](const ModelCard* one) { return one->id() == id; });
    return found == cards_.end() ? nullptr : *found;
}

void ModelsPanel::openCard(app::ModelId id) {
    open_ = id;
    for (ModelCard* one : std::as_const(cards_)) one->setOpen(one->id() == id);
    focusOpenCard();
}

void ModelsPanel::focusOpenCard() {
    ModelCard* chosen = open_ ? card(*open_) : nullptr;
    if (!chosen) return;
    chosen->setFocus();
    scroll_->widget()->layout()->activate();
    scroll_->ensureWidgetVisible(chosen);
}

void ModelsPanel::synchronise() {
    const auto& entries = catalogue_.entries();
    for (int i = static_cast<int>(cards_.size()) - 1; i >= 0; --i) {
        if (catalogue_.find(cards_[i]->id())) continue;
        cards_[i]->deleteLater();
        cards_.removeAt(i);
    }
    for (std::size_t row = 0; row < entries.size(); ++row) {
        if (card(entries[row].id)) continue;
        auto* made = new ModelCard(entries[row], scroll_->widget());
        cards_.insert(static_cast<int>(row), made);
        list_->insertWidget(static_cast<int>(row), made);
        connect(made, &QAbstractButton::clicked, this, [this, made] {
            if (made->isOpen()) {
                made->setOpen(false);
                open_.reset();
            } else {
                openCard(made->id());
            }
        });
        connect(made, &ModelCard::useRequested, &switcher_, &app::ModelSwitcher::use);
        connect(made, &ModelCard::cancelRequested, &switcher_, &app::ModelSwitcher::cancel);
        connect(made, &ModelCard::removeRequested, this, &ModelsPanel::removeRequested);
        connect(made, &ModelCard::textModelRequested, this, &ModelsPanel::textModelRequested);
        connect(made, &ModelCard::moveRequested, this, [this, made](int by) { focusNeighbour(made, by); });
    }
    hint_->setVisible(entries.size() < 2);
    refreshCards();
}

void ModelsPanel::focusNeighbour(ModelCard* from, int by) {
    const auto to = cards_.indexOf(from) + by;
    if (to < 0 || to >= cards_.size()) return;
    cards_[to]->setFocus();
    scroll_->ensureWidgetVisible(cards_[to]);
}

void ModelsPanel::refreshCards() {
    const auto current = switcher_.current(), wanted = switcher_.wanted();
    const app::ModelEntry* loaded = current ? catalogue_.find(*current) : nullptr;
    const auto& info = engine_.model();
    for (ModelCard* one : std::as_const(cards_)) {
        const app::ModelEntry* entry = catalogue_.find(one->id());
        if (!entry) continue;
        ModelCardState state;
        state.in_use = current == entry->id;
        state.wanted = wanted == entry->id;
        state.waiting = state.wanted && switcher_.isWaiting();
        state.load_fraction = state.wanted ? load_fraction_ : -1.0;
        state.hashed_fraction = catalogue_.hashedFraction(entry->id);
        state.held_bytes = app::heldBytes(info ? &*info : nullptr, loaded && loaded->description ? &*loaded->description : nullptr);
        state.flops_per_second = entry->flops_per_second > 0 ? entry->flops_per_second : catalogue_.measuredRate();
        one->present(*entry, state);
    }
}

void ModelsPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    catalogue_.refreshAll();
    look_again_.start();
    if (open_ || cards_.isEmpty()) return;
    const auto current = switcher_.current();
    openCard(current ? *current : cards_.front()->id());
}

void ModelsPanel::hideEvent(QHideEvent* event) {
    look_again_.stop();
    QWidget::hideEvent(event);
}

void ModelsPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void ModelsPanel::retranslate() {
    title_->setText(tr("Models"));
    setAccessibleName(tr("Models"));
    add_->setText(tr("Add a model…"));
    add_->setToolTip(tr("Choose the folder of a FuseDiT pipeline; it stays where it is"));
    hint_->setText(tr("To draw with another FuseDiT model, add its folder, or drag it onto the window."));
}

}  // namespace ui
