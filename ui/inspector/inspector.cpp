// SPDX-License-Identifier: Apache-2.0
#include "ui/inspector/inspector.h"

#include <QClipboard>
#include <QEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <cmath>

#include "app/application.h"
#include "app/feedback/taste_service.h"
#include "app/library/library.h"
#include "app/library/own_pictures.h"
#include "app/models/model_catalogue.h"
#include "ui/gallery/empty_notice.h"
#include "ui/gallery/item_actions.h"
#include "ui/inspector/fact_row.h"
#include "ui/inspector/reveal_file.h"
#include "ui/prompt/sampler_text.h"
#include "ui/queue/job_text.h"
#include "ui/rating/pick_text.h"
#include "ui/rating/rating_widget.h"
#include "ui/taste/statistic_text.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int short_id = 12;  // hexadecimal digits that tell models apart by eye

void copy(const QString& text) { QGuiApplication::clipboard()->setText(text); }

QLabel* makeText(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::TabFocus);
    return label;
}

}  // namespace

Inspector::Inspector(app::Application& application, QUndoStack& stack, QWidget* parent) :
    QWidget(parent), application_(application), actions_(new ItemActions(application.library(), application.taste(), stack, this)) {
    build();
    connect(stars_, &RatingWidget::ratingChosen, this, [this](int stars) {
        if (!item_) return;
        actions_->rate({*item_}, stars);
        // Where it could not be stored, the stars go back.
        if (const auto* shown = application_.library().find(*item_)) stars_->setRating(shown->rating);
    });
    connect(&application.library(), &app::Library::ratingChanged, this, [this](app::ItemId id, int stars) {
        if (item_ != id) return;
        stars_->setRating(stars);
        showTaste();
    });
    connect(&application.taste(), &app::TasteService::knowledgeChanged, this, &Inspector::showTaste);
    connect(&application.library(), &app::Library::itemsRemoved, this, [this](const QList<app::ItemId>& ids) {
        if (item_ && ids.contains(*item_)) setItem(std::nullopt);
    });
    connect(&application.models(), &app::ModelCatalogue::changed, this, [this] { showModel(); });
    connect(actions_, &ItemActions::storageFailed, this, &Inspector::storageFailed);
    quietCaptions();
    retranslate();
    setItem(std::nullopt);
}

QLabel* Inspector::addCaption(QVBoxLayout* column) {
    auto* label = new QLabel(this);
    label->setFont(theme::font(theme::text_caption, QFont::DemiBold));
    if (column) {
        column->addSpacing(theme::space_m);
        column->addWidget(label);
    }
    captions_.append(label);
    return label;
}

FactRow* Inspector::addFact(QVBoxLayout* column) {
    auto* row = new FactRow(this);
    column->addWidget(row);
    return row;
}

void Inspector::build() {
    nothing_ = new EmptyNotice(this);
    scroll_ = new QScrollArea(this);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget(scroll_);
    page->setBackgroundRole(QPalette::Window);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme::space_l, theme::space_m, theme::space_m, theme::space_l);
    column->setSpacing(theme::space_xs);

    stars_ = new RatingWidget(page);
    column->addWidget(stars_);

    auto* prompt_header = new QHBoxLayout;
    prompt_header->setSpacing(0);
    prompt_caption_ = addCaption(nullptr);
    use_prompt_ = new FlatButton("corner-up-left", {}, page);
    copy_prompt_ = new FlatButton("copy", {}, page);
    prompt_header->addWidget(prompt_caption_, 1);
    prompt_header->addWidget(copy_prompt_);
    prompt_header->addWidget(use_prompt_);
    column->addSpacing(theme::space_xs);
    column->addLayout(prompt_header);
    prompt_ = makeText(page);
    column->addWidget(prompt_);
    negative_caption_ = addCaption(column);
    negative_ = makeText(page);
    column->addWidget(negative_);

    taste_caption_ = addCaption(column);
    predicted_ = addFact(column);
    reasons_ = makeText(page);
    reasons_->setObjectName(QStringLiteral("reasons"));
    column->addWidget(reasons_);

    request_caption_ = addCaption(column);
    size_ = addFact(column);
    steps_ = addFact(column);
    guidance_ = addFact(column);
    sampler_ = addFact(column);
    seed_ = addFact(column);
    model_ = addFact(column);
    use_size_ = size_->addButton("corner-up-left", [this] { use(UseAgain::size); });
    copy_seed_ = seed_->addButton("copy", [this] {
        if (request_) copy(QString::number(request_->seed));
    });
    use_seed_ = seed_->addButton("corner-up-left", [this] { use(UseAgain::seed); });

    use_all_ = new QPushButton(page);
    use_all_->setIcon(icon("corner-up-left"));
    use_all_but_seed_ = new QPushButton(page);
    use_all_but_seed_->setIcon(icon("dices"));
    column->addSpacing(theme::space_s);
    column->addWidget(use_all_);
    column->addWidget(use_all_but_seed_);

    file_caption_ = addCaption(column);
    created_ = addFact(column);
    file_ = addFact(column);
    copy_path_ = file_->addButton("copy", [this] {
        if (const auto* item = item_ ? application_.library().find(*item_) : nullptr) copy(item->path);
    });
    show_file_ = file_->addButton("folder-open", [this] {
        if (const auto* item = item_ ? application_.library().find(*item_) : nullptr) revealFile(item->path, this);
    });
    save_as_ = new QPushButton(page);
    save_as_->setIcon(icon("save"));
    column->addSpacing(theme::space_s);
    column->addWidget(save_as_);
    column->addStretch();
    scroll_->setWidget(page);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins({});
    all->addWidget(scroll_);
    all->addWidget(nothing_);

    connect(use_all_, &QPushButton::clicked, this, [this] { use(UseAgain::all); });
    connect(use_all_but_seed_, &QPushButton::clicked, this, [this] { use(UseAgain::all_but_seed); });
    connect(use_prompt_, &QToolButton::clicked, this, [this] { use(UseAgain::prompt); });
    connect(copy_prompt_, &QToolButton::clicked, this, [this] { copy(prompt_->text()); });
    connect(save_as_, &QPushButton::clicked, this, [this] {
        if (item_) Q_EMIT exportRequested(*item_);
    });
}

QSize Inspector::sizeHint() const { return {theme::inspector_column, theme::inspector_column}; }

void Inspector::use(UseAgain parts) {
    if (request_) Q_EMIT useAgainRequested(*request_, parts);
}

void Inspector::setItem(std::optional<app::ItemId> item) {
    const app::LibraryItem* shown = item ? application_.library().find(*item) : nullptr;
    if (shown && item == item_) return;
    item_ = shown ? item : std::nullopt;
    request_.reset();
    scroll_->setVisible(shown != nullptr);
    nothing_->setVisible(shown == nullptr);
    if (shown) showItem(*shown);
}

void Inspector::showItem(const app::LibraryItem& item) {
    // One row read by its key: well under a millisecond.
    if (auto stored = application_.library().request(item.id)) request_ = *std::move(stored);
    stars_->setRating(item.rating);
    showTaste();
    const bool own = application_.ownPictures().isOwn(item.id);
    prompt_->setText(!item.prompt.isEmpty() ? item.prompt : own ? tr("Added by you, without words") : tr("Drawn without a prompt"));
    const QLocale where = locale();
    size_->setValue(sizeText(item.size.width(), item.size.height()));
    created_->setValue(where.toString(item.created_at.toLocalTime(), QLocale::ShortFormat),
                       where.toString(item.created_at.toLocalTime(), QLocale::LongFormat));
    file_->setValue(QFileInfo(item.path).fileName(), item.path);
    const QString negative = request_ ? QString::fromStdString(request_->negative_prompt) : QString();
    negative_->setText(negative);
    negative_->setVisible(!negative.isEmpty());
    negative_caption_->setVisible(!negative.isEmpty());
    for (QWidget* needs_request : {static_cast<QWidget*>(steps_), static_cast<QWidget*>(guidance_), static_cast<QWidget*>(sampler_),
                                   static_cast<QWidget*>(seed_), static_cast<QWidget*>(model_), static_cast<QWidget*>(use_all_),
                                   static_cast<QWidget*>(use_all_but_seed_), static_cast<QWidget*>(use_prompt_)})
        needs_request->setVisible(request_.has_value() && !own);
    request_caption_->setText(own ? tr("Picture") : tr("Drawn with"));
    if (own && request_) use_prompt_->setVisible(!item.prompt.isEmpty());
    if (!request_) return;
    steps_->setValue(where.toString(request_->num_inference_steps));
    guidance_->setValue(where.toString(request_->guidance_scale, 'g', 4));
    sampler_->setValue(samplerName(request_->sampler));
    seed_->setValue(QString::number(request_->seed));
    showModel();
    scroll_->ensureVisible(0, 0);
}

void Inspector::showModel() {
    if (!request_) return;
    const QString id = QString::fromStdString(request_->model_id);
    const QString name = application_.models().nameOf(request_->model_id);
    const QString words = application_.models().successorOf(request_->model_id) != nullptr ? tr("%1, an earlier version").arg(name) : name;
    model_->setValue(!words.isEmpty() ? words : id.isEmpty() ? tr("Unknown") : id.left(short_id), id);
}

/// What would be given, and the strongest reasons in words; nothing while nobody knows.
void Inspector::showTaste() {
    const app::LibraryItem* item = item_ ? application_.library().find(*item_) : nullptr;
    if (!item) return;
    constexpr double least_effect = 0.05;  // stars
    const auto predicted = item->rating == 0 ? application_.taste().opinion(item->id) : std::nullopt;
    QStringList liked, disliked;
    for (const app::Reason& reason : application_.taste().reasons(item->id)) {
        if (std::abs(reason.effect) < least_effect) continue;
        (reason.effect > 0 ? liked : disliked).append(statisticText(reason.statistic, reason.value > 0));
    }
    predicted_->setVisible(predicted.has_value());
    if (predicted) predicted_->setValue(predictedText(*predicted, locale()), tr("What you would give it, as far as your answers tell"));
    QStringList lines;
    if (!liked.isEmpty()) lines.append(tr("For it: %1").arg(liked.join(QStringLiteral(", "))));
    if (!disliked.isEmpty()) lines.append(tr("Against it: %1").arg(disliked.join(QStringLiteral(", "))));
    reasons_->setText(lines.join(QLatin1Char('\n')));
    reasons_->setVisible(!lines.isEmpty());
    reasons_->setToolTip(tr("What your answers say of pictures like this one, the strongest first"));
    taste_caption_->setVisible(predicted || !lines.isEmpty());
}

void Inspector::retranslate() {
    setAccessibleName(tr("Inspector"));
    nothing_->setWords("info", tr("No picture chosen"), tr("Choose a picture to see how it was drawn and to use it again."));
    prompt_caption_->setText(tr("Prompt"));
    prompt_->setAccessibleName(tr("Prompt"));
    negative_caption_->setText(tr("Negative prompt"));
    negative_->setAccessibleName(tr("Negative prompt"));
    taste_caption_->setText(tr("Your taste"));
    predicted_->setName(tr("Stars"));
    reasons_->setAccessibleName(tr("Why"));
    request_caption_->setText(tr("Drawn with"));
    file_caption_->setText(tr("File"));
    size_->setName(tr("Size"));
    steps_->setName(tr("Steps"));
    guidance_->setName(tr("Guidance"));
    sampler_->setName(tr("Sampler"));
    seed_->setName(tr("Seed"));
    model_->setName(tr("Model"));
    created_->setName(tr("Created"));
    file_->setName(tr("Name"));
    use_all_->setText(tr("Use again"));
    use_all_->setToolTip(tr("Takes the prompt and every setting back into the prompt column (U)"));
    use_all_but_seed_->setText(tr("Use again, new seed"));
    use_all_but_seed_->setToolTip(tr("The same prompt and settings, but the next picture will differ"));
    use_prompt_->setName(tr("Use this prompt"));
    copy_prompt_->setName(tr("Copy the prompt"));
    use_size_->setName(tr("Use this size"));
    use_seed_->setName(tr("Use this seed"));
    copy_seed_->setName(tr("Copy the seed"));
    show_file_->setName(tr("Show in folder"));
    copy_path_->setName(tr("Copy the file's path"));
    save_as_->setText(tr("Save as…"));
    save_as_->setToolTip(tr("Saves a copy as PNG, WebP, TIFF or JPEG (E)"));
}

void Inspector::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), colors(this).chrome);
}

void Inspector::quietCaptions() {
    for (QLabel* caption : captions_) {
        QPalette quiet = palette();
        quiet.setColor(QPalette::WindowText, colors(this).text_secondary);
        caption->setPalette(quiet);
    }
}

void Inspector::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        if (const auto* item = item_ ? application_.library().find(*item_) : nullptr) showItem(*item);
    }
    if (event->type() == QEvent::PaletteChange) quietCaptions();
    QWidget::changeEvent(event);
}

}  // namespace ui
