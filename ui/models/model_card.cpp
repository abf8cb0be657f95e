// SPDX-License-Identifier: Apache-2.0
#include "ui/models/model_card.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStringList>
#include <QUrl>
#include <QVBoxLayout>
#include <cmath>

#include "app/models/load_order.h"
#include "ui/inspector/fact_row.h"
#include "ui/models/model_text.h"
#include "ui/queue/job_text.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int percent = 100;
constexpr int short_identity = 12;

QLabel* makeLabel(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

void openInDesktop(const QString& path) { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); }

}  // namespace

ModelCard::ModelCard(const app::ModelEntry& entry, QWidget* parent) :
    QAbstractButton(parent), entry_(entry), name_(makeLabel(this)), status_(makeLabel(this)), figures_(makeLabel(this)),
    problem_icon_(new QLabel(this)), problem_(makeLabel(this)), progress_(new QProgressBar(this)), details_(new QWidget(this)) {
    setObjectName(QStringLiteral("model_card"));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    setAttribute(Qt::WA_Hover);
    name_->setFont(theme::font(theme::text_body, QFont::DemiBold));
    status_->setFont(theme::font(theme::text_caption));
    figures_->setFont(theme::font(theme::text_caption));
    problem_->setFont(theme::font(theme::text_caption));
    problem_->setWordWrap(true);
    problem_icon_->setFixedSize(theme::icon_small, theme::icon_small);
    progress_->setTextVisible(false);
    progress_->setRange(0, percent);

    auto* facts = new QVBoxLayout(details_);
    facts->setContentsMargins({});
    facts->setSpacing(0);
    const auto fact = [&] {
        auto* row = new FactRow(details_);
        facts->addWidget(row);
        return row;
    };
    architecture_ = fact();
    text_model_ = fact();
    parameters_ = fact();
    files_ = fact();
    sizes_ = fact();
    place_ = fact();
    memory_ = fact();
    time_ = fact();
    licence_ = fact();
    identity_ = fact();
    folder_ = fact();
    show_licence_ = licence_->addButton("external-link", [this] { openInDesktop(QString::fromStdString(entry_.description->licence_path)); });
    copy_identity_ = identity_->addButton("copy", [this] { QGuiApplication::clipboard()->setText(QString::fromStdString(entry_.identity)); });
    show_folder_ = folder_->addButton("folder-open", [this] { openInDesktop(entry_.location.pipeline); });
    use_ = new QPushButton(details_);
    use_->setObjectName(QStringLiteral("use_model"));
    use_->setDefault(true);
    cancel_ = new QPushButton(details_);
    cancel_->setObjectName(QStringLiteral("cancel_model"));
    choose_text_model_ = new QPushButton(details_);
    choose_text_model_->setObjectName(QStringLiteral("choose_text_model"));
    remove_ = new QPushButton(details_);
    remove_->setObjectName(QStringLiteral("remove_model"));
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(0, theme::space_s, 0, theme::space_xs);
    buttons->setSpacing(theme::space_s);
    buttons->addWidget(use_);
    buttons->addWidget(cancel_);
    buttons->addWidget(choose_text_model_);
    buttons->addStretch(1);
    buttons->addWidget(remove_);
    facts->addLayout(buttons);
    details_->hide();

    auto* head = new QHBoxLayout;
    head->setSpacing(theme::space_s);
    head->addWidget(name_, 1);
    head->addWidget(status_);
    auto* problem = new QHBoxLayout;
    problem->setSpacing(theme::space_s);
    problem->addWidget(problem_icon_, 0, Qt::AlignTop);
    problem->addWidget(problem_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_m, theme::space_s, theme::space_m, theme::space_s);
    column->setSpacing(theme::space_xs);
    column->addLayout(head);
    column->addWidget(figures_);
    column->addWidget(progress_);
    column->addLayout(problem);
    column->addWidget(details_);

    connect(use_, &QPushButton::clicked, this, [this] { Q_EMIT useRequested(id()); });
    connect(cancel_, &QPushButton::clicked, this, &ModelCard::cancelRequested);
    connect(choose_text_model_, &QPushButton::clicked, this, [this] { Q_EMIT textModelRequested(id()); });
    connect(remove_, &QPushButton::clicked, this, [this] { Q_EMIT removeRequested(id()); });
    refresh();
}

void ModelCard::present(const app::ModelEntry& entry, const ModelCardState& state) {
    entry_ = entry;
    state_ = state;
    refresh();
}

void ModelCard::setOpen(bool open) {
    if (open_ == open) return;
    open_ = open;
    refresh();
    updateGeometry();
}

/// The description has a problem of its own only where the pipeline was sound.
bool ModelCard::lacksTextModel() const {
    const auto& model = entry_.description;
    return !entry_.built_in && model && !model->text_model_path.empty() && model->problem && model->problem == entry_.problem;
}

std::optional<inference::Error> ModelCard::refusal() const {
    if (entry_.problem || !entry_.description || state_.in_use || state_.wanted) return entry_.problem;
    const auto& model = *entry_.description;
    if (app::chooseLoadOrder(model, state_.held_bytes) != app::LoadOrder::impossible) return std::nullopt;
    return app::notEnoughMemory(model, state_.held_bytes);
}

bool ModelCard::canBeUsed() const { return !state_.in_use && !state_.wanted && !refusal(); }

QString ModelCard::statusText() const {
    if (state_.wanted && state_.waiting) return tr("After this picture");
    if (state_.wanted && state_.load_fraction >= 0) return tr("Loading %1").arg(percentText(state_.load_fraction));
    if (state_.wanted) return tr("Loading");
    if (app::isMissing(entry_)) return tr("Missing");
    if (state_.in_use) return tr("In use");
    return refusal() ? tr("Cannot be used") : QString();
}

void ModelCard::refresh() {
    name_->setText(entry_.name);
    status_->setText(statusText());
    const auto& model = entry_.description;
    QStringList figures;
    if (model) {
        figures = {parametersText(model->parameters()), bytesText(model->bytes_on_disk()), sizesText({model->native_sizes.front()})};
        if (state_.flops_per_second > 0) figures.append(tr("%1 a picture").arg(timeText(*model, state_.flops_per_second)));
    }
    figures_->setText(figures.join(QStringLiteral(" · ")));
    figures_->setVisible(!figures.isEmpty());
    progress_->setVisible(state_.wanted);
    progress_->setValue(static_cast<int>(std::lround(std::max(0.0, state_.load_fraction) * percent)));
    progress_->setAccessibleName(tr("Loading the model"));
    QString problem;
    const auto refused = refusal();
    if (app::isMissing(entry_)) problem = tr("Its folder is not there. As soon as it is back, the model can be used again.");
    else if (refused) problem = modelProblemText(*refused, entry_.location);
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    problem_icon_->setVisible(!problem.isEmpty());
    problem_icon_->setPixmap(ui::icon("triangle-alert", IconTone::warning).pixmap(QSize(theme::icon_small, theme::icon_small), devicePixelRatioF()));
    details_->setVisible(open_);
    if (open_) refreshFacts();
    quietTexts();
    QStringList spoken{entry_.name, status_->text(), figures_->text(), problem};
    spoken.removeAll(QString());
    setAccessibleName(spoken.join(QStringLiteral(", ")));
    setAccessibleDescription(open_ ? tr("Open. Enter uses the model, Delete takes it off the list.") : tr("Closed"));
    update();
}

void ModelCard::refreshFacts() {
    const auto& model = entry_.description;
    for (FactRow* row : {architecture_, text_model_, parameters_, files_, sizes_, place_, memory_, time_}) row->setVisible(model.has_value());
    architecture_->setName(tr("Built as"));
    text_model_->setName(tr("Reads with"));
    parameters_->setName(tr("Parameters"));
    files_->setName(tr("On disk"));
    sizes_->setName(tr("Draws best"));
    place_->setName(tr("Runs"));
    memory_->setName(tr("Memory"));
    time_->setName(tr("A picture"));
    licence_->setName(tr("Licence"));
    identity_->setName(tr("Identity"));
    folder_->setName(tr("Folder"));
    show_licence_->setName(tr("Open the licence"));
    copy_identity_->setName(tr("Copy the identity"));
    show_folder_->setName(tr("Show the folder"));
    licence_->setVisible(model && !model->licence_path.empty());
    if (model) {
        architecture_->setValue(architectureText(*model), architectureDetail(*model));
        text_model_->setValue(textModelText(*model),
                              model->text_model_path.empty() ? tr("Its weights are in the folder of the model")
                                                             : QString::fromStdString(model->text_model_path));
        parameters_->setValue(partsText(*model), parametersText(model->parameters()));
        files_->setValue(filesText(*model));
        sizes_->setValue(sizesText(model->native_sizes) + QStringLiteral(" · ") +
                             (model->image_channels == 4 ? tr("with transparency") : tr("without transparency")),
                         tr("%1 steps, guidance %2, prompts of up to %3 tokens")
                             .arg(model->default_steps)
                             .arg(locale().toString(model->default_guidance_scale, 'g', 4))
                             .arg(model->max_prompt_tokens));
        place_->setValue(placeText(model->device, model->dtype));
        memory_->setValue(memoryText(*model, state_.in_use ? 0 : state_.held_bytes),
                          tr("%1 for its weights, %2 while it draws a picture").arg(bytesText(model->load_bytes), bytesText(model->picture_bytes)));
        time_->setValue(timeText(*model, state_.flops_per_second), tr("Judged by the last pictures drawn on this machine"));
        const QString licence = QString::fromStdString(model->licence_path);
        licence_->setValue(licence.section(QLatin1Char('/'), -1), licence);
    }
    const QString identity = QString::fromStdString(entry_.identity);
    if (state_.hashed_fraction) identity_->setValue(tr("Reading the files, %1").arg(percentText(*state_.hashed_fraction)));
    else if (identity.isEmpty()) identity_->setValue(tr("Not known yet"));
    else identity_->setValue(identity.left(short_identity), tr("SHA-256 over everything that decides its pictures: %1").arg(identity));
    copy_identity_->setEnabled(!identity.isEmpty());
    folder_->setValue(entry_.location.pipeline);
    use_->setText(tr("Use this model"));
    use_->setVisible(!state_.wanted && !state_.in_use && !lacksTextModel());
    choose_text_model_->setText(tr("Choose its text model…"));
    choose_text_model_->setToolTip(tr("The language model that this model reads prompts with"));
    choose_text_model_->setVisible(lacksTextModel());
    use_->setEnabled(canBeUsed());
    use_->setToolTip(tr("Loads it in the place of the present model (Enter)"));
    cancel_->setText(tr("Cancel"));
    cancel_->setAccessibleName(tr("Cancel loading"));
    cancel_->setVisible(state_.wanted);
    remove_->setText(tr("Remove from the list"));
    remove_->setToolTip(tr("No file is deleted (Delete)"));
    remove_->setVisible(!entry_.built_in);
}

void ModelCard::quietTexts() {
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, colors(this).text_secondary);
    for (QLabel* label : {status_, figures_}) label->setPalette(quiet);
}

void ModelCard::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (canBeUsed()) Q_EMIT useRequested(id());
        return;
    case Qt::Key_Delete:
        if (!entry_.built_in) Q_EMIT removeRequested(id());
        return;
    case Qt::Key_Up: Q_EMIT moveRequested(-1); return;
    case Qt::Key_Down: Q_EMIT moveRequested(1); return;
    default: QAbstractButton::keyPressEvent(event);
    }
}

void ModelCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    const QColor fill = open_ || state_.in_use || state_.wanted ? p.raised : underMouse() ? p.raised_hover : QColor();
    theme::paintPlate(painter, rect(), fill, p.hairline, theme::radius);
    if (hasFocus()) theme::paintFocusRing(painter, rect(), p.focus, theme::radius);
}

void ModelCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    if (event->type() == QEvent::PaletteChange) quietTexts();
    QAbstractButton::changeEvent(event);
}

}  // namespace ui
