// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/parameter_panel.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "ui/prompt/number_field.h"
#include "ui/prompt/sampler_text.h"
#include "ui/prompt/seed_field.h"
#include "ui/prompt/size_picker.h"
#include "ui/theme/caption.h"
#include "ui/theme/fold.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr std::array<int, 3> image_counts = {1, 2, 4};
constexpr std::array<int, 4> candidate_counts = {1, 2, 4, 8};
constexpr int largest_batch = 4;  // more at once saves no time on a processor and costs memory
constexpr int most_steps_by_hand = 200;
constexpr double most_guidance_by_hand = 20.0;
constexpr std::array samplers = {inference::Sampler::euler, inference::Sampler::heun, inference::Sampler::multistep2};
}  // namespace

ParameterPanel::ParameterPanel(QWidget* parent) : QWidget(parent) {
    size_caption_ = new Caption(this);
    size_ = new SizePicker(this);
    images_caption_ = new Caption(this);
    auto* image_row = new QHBoxLayout;
    image_row->setSpacing(theme::space_xs);
    image_chips_ = new QButtonGroup(this);
    image_chips_->setExclusive(false);
    for (const int count : image_counts) {
        auto* chip = new QPushButton(QStringLiteral("×%1").arg(count), this);
        chip->setCheckable(true);
        chip->setFocusPolicy(Qt::TabFocus);
        image_chips_->addButton(chip, count);
        image_row->addWidget(chip, 1);
    }
    images_ = new NumberField(this);
    images_->setObjectName(QStringLiteral("images"));
    images_->setDecimals(0);
    images_->setRange(1, inference::RequestLimits::max_images);
    images_->setDefault(1);
    best_of_caption_ = new Caption(this);
    auto* best_of_row = new QHBoxLayout;
    best_of_row->setSpacing(theme::space_xs);
    best_of_chips_ = new QButtonGroup(this);
    best_of_chips_->setExclusive(false);
    for (const int count : candidate_counts) {
        auto* chip = new QPushButton(QString::number(count), this);
        chip->setObjectName(QStringLiteral("best_of_%1").arg(count));
        chip->setCheckable(true);
        chip->setFocusPolicy(Qt::TabFocus);
        best_of_chips_->addButton(chip, count);
        best_of_row->addWidget(chip, 1);
    }
    seed_caption_ = new Caption(this);
    seed_ = new SeedField(this);

    auto* fine_tune = new QWidget;  // the fold takes it: Tab comes to its header first
    steps_label_ = new QLabel(fine_tune);
    guidance_label_ = new QLabel(fine_tune);
    steps_ = new NumberField(fine_tune);
    steps_->setObjectName(QStringLiteral("steps"));
    steps_->setDecimals(0);
    steps_->setRange(0, most_steps_by_hand);
    steps_->setSpecialValueText(QStringLiteral("–"));
    guidance_ = new NumberField(fine_tune);
    guidance_->setObjectName(QStringLiteral("guidance"));
    guidance_->setDecimals(1);
    guidance_->setSingleStep(0.1);
    guidance_->setRange(0, most_guidance_by_hand);
    sampler_label_ = new QLabel(fine_tune);
    sampler_ = new QComboBox(fine_tune);
    sampler_->setObjectName(QStringLiteral("sampler"));
    for (const auto sampler : samplers) sampler_->addItem(samplerName(sampler), static_cast<int>(sampler));
    fine_tune_ = new Fold(fine_tune, this);

    auto* grid = new QGridLayout(fine_tune);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme::space_s);
    grid->setVerticalSpacing(theme::space_xs);
    grid->addWidget(steps_label_, 0, 0);
    grid->addWidget(steps_, 0, 1);
    grid->addWidget(guidance_label_, 1, 0);
    grid->addWidget(guidance_, 1, 1);
    grid->addWidget(sampler_label_, 2, 0);
    grid->addWidget(sampler_, 2, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);

    image_row->addWidget(images_, 1);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::space_xs);
    const auto section = [column](QWidget* caption) { column->addWidget(caption); };
    section(size_caption_);
    column->addWidget(size_);
    column->addSpacing(theme::space_s);
    section(images_caption_);
    column->addLayout(image_row);
    column->addSpacing(theme::space_s);
    section(best_of_caption_);
    column->addLayout(best_of_row);
    column->addSpacing(theme::space_s);
    section(seed_caption_);
    column->addWidget(seed_);
    column->addSpacing(theme::space_xs);
    column->addWidget(fine_tune_);

    connect(size_, &SizePicker::edited, this, [this] {
        request_.width = size_->size().width;
        request_.height = size_->size().height;
        Q_EMIT edited();
    });
    connect(image_chips_, &QButtonGroup::idClicked, this, [this](int count) {
        request_.num_images = count;
        showImages();
        Q_EMIT edited();
    });
    connect(images_, &NumberField::edited, this, [this](double value) {
        request_.num_images = static_cast<int>(value);
        showImages();
        Q_EMIT edited();
    });
    connect(best_of_chips_, &QButtonGroup::idClicked, this, [this](int count) {
        request_.candidates = count;
        showBestOf();
        Q_EMIT edited();
    });
    connect(seed_, &SeedField::edited, this, &ParameterPanel::edited);
    connect(steps_, &NumberField::edited, this, [this](double value) {
        request_.num_inference_steps = static_cast<int>(value);
        showFineTune();
        Q_EMIT edited();
    });
    connect(guidance_, &NumberField::edited, this, [this](double value) {
        request_.guidance_scale = value;
        showFineTune();
        Q_EMIT edited();
    });
    connect(sampler_, &QComboBox::activated, this, [this](int row) {
        request_.sampler = samplers[static_cast<std::size_t>(row)];
        showFineTune();
        Q_EMIT edited();
    });
    // A double click gives the choice back to the model.
    connect(steps_, &NumberField::resetToDefault, this, [this] {
        request_.num_inference_steps = 0;
        showFineTune();
        Q_EMIT edited();
    });
    connect(guidance_, &NumberField::resetToDefault, this, [this] {
        request_.guidance_scale = -1.0;
        showFineTune();
        Q_EMIT edited();
    });
    steps_->setEnabled(false);
    guidance_->setEnabled(false);
    showImages();
    showBestOf();
    showFineTune();
    retranslate();
}

void ParameterPanel::setModel(const inference::ModelInfo& model) {
    // A size that the last model offered, or that this one cannot make, gives way to the model's own.
    const inference::ImageSize asked{request_.width, request_.height};
    const auto offered = model_ && model_->id != model.id ? offeredSizes(*model_) : std::vector<inference::ImageSize>{};
    const bool was_offered = std::find(offered.begin(), offered.end(), asked) != offered.end();
    const bool unfit = asked.width % std::max(1, model.size_multiple) != 0 || asked.height % std::max(1, model.size_multiple) != 0;
    if (was_offered || unfit) size_->setSize(0, 0);
    model_ = model;
    size_->setModel(model);
    request_.width = size_->size().width;
    request_.height = size_->size().height;
    steps_->setEnabled(true);
    guidance_->setEnabled(true);
    steps_->setDefault(model.default_steps);
    guidance_->setDefault(model.default_guidance_scale);
    {
        const QSignalBlocker quiet(steps_);
        steps_->setSpecialValueText({});
        steps_->setMinimum(1);
    }
    showFineTune();
    retranslate();
}

void ParameterPanel::setState(const app::Settings::Composer& state) {
    request_ = state.request;
    size_->setSize(request_.width, request_.height);
    request_.width = size_->size().width;
    request_.height = size_->size().height;
    seed_->setSeed(request_.seed);
    seed_->setLocked(state.seed_locked);
    showImages();
    showBestOf();
    showFineTune();
}

void ParameterPanel::writeTo(app::Settings::Composer& state) const {
    state.request.width = request_.width;
    state.request.height = request_.height;
    state.request.num_images = request_.num_images;
    state.request.candidates = request_.candidates;
    state.request.batch_size = std::clamp(request_.num_images, 1, largest_batch);
    state.request.num_inference_steps = request_.num_inference_steps;
    state.request.guidance_scale = request_.guidance_scale;
    state.request.sampler = request_.sampler;
    state.request.dtype = request_.dtype;
    state.request.seed = seed_->seed();
    state.seed_locked = seed_->isLocked();
}

void ParameterPanel::setSeed(std::uint64_t seed) {
    request_.seed = seed;
    seed_->setSeed(seed);
}

void ParameterPanel::setJudgeThere(bool there, int answers_needed) {
    if (there == judge_there_ && answers_needed == answers_needed_) return;
    judge_there_ = there;
    answers_needed_ = answers_needed;
    showBestOf();
    retranslate();
}

int ParameterPanel::candidates() const { return judge_there_ ? request_.candidates : 1; }

void ParameterPanel::commit() {
    size_->commit();
    images_->commit();
    seed_->commit();
    steps_->commit();
    guidance_->commit();
}

double ParameterPanel::effectiveGuidance() const {
    if (request_.guidance_scale >= 0) return request_.guidance_scale;
    return model_ ? model_->default_guidance_scale : request_.guidance_scale;
}

void ParameterPanel::showImages() {
    images_->setQuietly(request_.num_images);
    for (const int count : image_counts) image_chips_->button(count)->setChecked(count == request_.num_images);
}

void ParameterPanel::showBestOf() {
    for (const int count : candidate_counts) {
        best_of_chips_->button(count)->setChecked(count == candidates());
        best_of_chips_->button(count)->setEnabled(judge_there_);
    }
}

QString ParameterPanel::bestOfText(int count) const {
    if (!judge_there_) {
        const QString sentence = tr("Draws several candidates for each image and keeps the one you would like best.");
        const QString why_not = answers_needed_ > 0
            ? tr("Fuselight does not know your taste yet: rate %n more picture(s).", nullptr, answers_needed_)
            : tr("Fuselight does not know your taste yet: your ratings so far do not foretell each other. Rate more pictures.");
        return sentence + QLatin1Char('\n') + why_not;
    }
    if (count == 1) return tr("Draw each image once and keep it");
    return tr("For each image draw %1 candidates and keep the one you would like best, as far as your ratings tell.\n"
              "The weaker half is given up on the way: it takes less than %1 times as long.")
        .arg(count);
}

void ParameterPanel::showFineTune() {
    const int steps = request_.num_inference_steps > 0 ? request_.num_inference_steps : model_ ? model_->default_steps : 0;
    steps_->setMaximum(std::max(most_steps_by_hand, steps));
    steps_->setQuietly(steps);
    const double guidance = std::max(0.0, effectiveGuidance());
    guidance_->setMaximum(std::max(most_guidance_by_hand, guidance));
    guidance_->setQuietly(guidance);
    sampler_->setCurrentIndex(sampler_->findData(static_cast<int>(request_.sampler)));
    const bool own_sampler = request_.sampler != inference::Sampler::euler;
    const bool changed = request_.num_inference_steps > 0 || request_.guidance_scale >= 0 || own_sampler;
    QString hint = tr("%1 steps, guidance %2").arg(steps).arg(guidance, 0, 'f', 1);
    if (own_sampler) hint += QStringLiteral(", ") + samplerName(request_.sampler);
    fine_tune_->setHint(changed && model_ ? hint : QString());
}

void ParameterPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void ParameterPanel::retranslate() {
    size_caption_->setText(tr("Size"));
    images_caption_->setText(tr("Images"));
    seed_caption_->setText(tr("Seed"));
    for (const int count : image_counts) {
        image_chips_->button(count)->setAccessibleName(tr("%n image(s)", nullptr, count));
        image_chips_->button(count)->setToolTip(tr("Draw %n image(s) at a time, each from its own seed", nullptr, count));
    }
    best_of_caption_->setText(tr("Best of"));
    for (const int count : candidate_counts) {
        QAbstractButton* chip = best_of_chips_->button(count);
        chip->setAccessibleName(count == 1 ? tr("No choice: keep what is drawn") : tr("Best of %1").arg(count));
        chip->setToolTip(bestOfText(count));
        chip->setAccessibleDescription(chip->toolTip());
    }
    images_->setAccessibleName(tr("Number of images"));
    images_->setToolTip(
        tr("How many pictures one Generate draws, 1 to %1.\nDrag, scroll or type; double-click for 1.").arg(inference::RequestLimits::max_images));
    fine_tune_->setTitle(tr("Fine-tune"));
    steps_label_->setText(tr("Steps"));
    steps_->setAccessibleName(tr("Steps"));
    steps_->setToolTip(tr("How long the model works on a picture, 1 to %1.\nFewer is faster and rougher; past 40 little changes.\n"
                          "Drag, scroll or type; double-click for the model's own.")
                           .arg(most_steps_by_hand));
    guidance_label_->setText(tr("Guidance"));
    guidance_->setAccessibleName(tr("Guidance"));
    guidance_->setToolTip(
        tr("How strictly to follow the prompt, 0 to %1.\nLow is freer, high is literal and may look harsh; at 1 the negative prompt "
           "is not used.\nDrag, scroll or type; double-click for the model's own.")
            .arg(most_guidance_by_hand));
    steps_label_->setToolTip(steps_->toolTip());
    guidance_label_->setToolTip(guidance_->toolTip());
    sampler_label_->setText(tr("Sampler"));
    sampler_->setAccessibleName(tr("Sampler"));
    sampler_->setToolTip(tr(
        "How the model walks from noise to picture. Euler is what models are tuned with;\nMultistep is as good in about half the steps; Heun takes "
        "twice as long for each step."));
    sampler_label_->setToolTip(sampler_->toolTip());
    for (int row = 0; row < sampler_->count(); ++row) sampler_->setItemText(row, samplerName(samplers[static_cast<std::size_t>(row)]));
    showFineTune();
}

}  // namespace ui
