// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_job.h"

#include "inference/api/request_json.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <cmath>

namespace app {
namespace {

using inference::ErrorCode;
using inference::failure;
using inference::Result;

constexpr std::array state_names = {"queued", "preparing", "running", "paused", "evaluating", "accepted", "rejected", "cancelled", "failed"};
constexpr qsizetype most_examples = 100'000;
constexpr qsizetype longest_inputs = 256 * 1024 * 1024;

bool works(TrainingState state) { return state == TrainingState::preparing || state == TrainingState::running || state == TrainingState::evaluating; }

}  // namespace

std::optional<TrainingState> transition(TrainingState from, TrainingEvent event) {
    using State = TrainingState;
    switch (event) {
    case TrainingEvent::claim:
        if (from == State::queued) return State::preparing;
        break;
    case TrainingEvent::prepared:
        if (from == State::preparing) return State::running;
        break;
    case TrainingEvent::trained:
        if (from == State::running) return State::evaluating;
        break;
    case TrainingEvent::accept:
        if (from == State::evaluating) return State::accepted;
        break;
    case TrainingEvent::reject:
        if (works(from)) return State::rejected;
        break;
    case TrainingEvent::pause:
        if (works(from) || from == State::queued) return State::paused;
        break;
    case TrainingEvent::resume:
        if (from == State::paused) return State::queued;
        break;
    case TrainingEvent::interrupt:
        if (works(from)) return State::queued;
        break;
    case TrainingEvent::cancel:
        if (!isFinished(from)) return State::cancelled;
        break;
    case TrainingEvent::fail:
        if (works(from) || from == State::queued) return State::failed;
        break;
    case TrainingEvent::retry:
        if (from == State::failed || from == State::cancelled) return State::queued;
        break;
    }
    return std::nullopt;
}

bool isFinished(TrainingState state) { return state >= TrainingState::accepted; }

const char* to_string(TrainingState state) noexcept { return state_names[static_cast<std::size_t>(state)]; }

std::optional<TrainingState> parseTrainingState(const QString& text) {
    for (std::size_t i = 0; i < state_names.size(); ++i) {
        if (text == QLatin1String(state_names[i])) return static_cast<TrainingState>(i);
    }
    return std::nullopt;
}

QByteArray toJson(const TrainingInputs& inputs) {
    QJsonArray examples;
    for (const auto& example : inputs.examples) {
        examples.append(QJsonObject{{QStringLiteral("item"), example.item.value},
                                    {QStringLiteral("path"), example.path},
                                    {QStringLiteral("prompt"), QString::fromStdString(example.prompt)},
                                    {QStringLiteral("instruction"), QString::fromStdString(example.instruction)},
                                    {QStringLiteral("grid"), example.grid},
                                    {QStringLiteral("rating"), example.rating}});
    }
    QJsonArray prompts;
    for (const auto& prompt : inputs.prompts) prompts.append(QString::fromStdString(prompt));
    QJsonArray gate_prompts;
    for (const auto& prompt : inputs.gate_prompts) gate_prompts.append(QString::fromStdString(prompt));
    const auto& c = inputs.config;
    const QJsonObject config{{QStringLiteral("objective"), QLatin1String(inference::to_string(c.objective))},
                             {QStringLiteral("rank"), c.rank},
                             {QStringLiteral("alpha"), c.alpha},
                             {QStringLiteral("steps"), c.steps},
                             {QStringLiteral("groups_per_step"), c.groups_per_step},
                             {QStringLiteral("replay_share"), c.replay_share},
                             {QStringLiteral("empty_prompt_share"), c.empty_prompt_share},
                             {QStringLiteral("inverse_strength"), c.inverse_strength},
                             {QStringLiteral("prompt_weight"), c.prompt_weight},
                             {QStringLiteral("keep_weight"), c.keep_weight},
                             {QStringLiteral("noise_shift"), c.noise_shift},
                             {QStringLiteral("learning_rate"), c.learning_rate},
                             {QStringLiteral("warmup_steps"), c.warmup_steps},
                             {QStringLiteral("decay_share"), c.decay_share},
                             {QStringLiteral("weight_decay"), c.weight_decay},
                             {QStringLiteral("clip_norm"), c.clip_norm},
                             {QStringLiteral("ema_decay"), c.ema_decay},
                             {QStringLiteral("max_side"), c.max_side},
                             {QStringLiteral("checkpoint_steps"), c.checkpoint_steps},
                             {QStringLiteral("seed"), QString::number(c.seed)}};
    return QJsonDocument(QJsonObject{{QStringLiteral("version"), 1},
                                     {QStringLiteral("model_id"), QString::fromStdString(inputs.model_id)},
                                     {QStringLiteral("examples"), examples},
                                     {QStringLiteral("prompts"), prompts},
                                     {QStringLiteral("gate_prompts"), gate_prompts},
                                     {QStringLiteral("drawing"), QString::fromStdString(inference::to_json(inputs.drawing))},
                                     {QStringLiteral("config"), config},
                                     // As text: JSON's numbers lose the last bits of 64.
                                     {QStringLiteral("seed"), QString::number(inputs.seed)},
                                     {QStringLiteral("budget_minutes"), inputs.budget_minutes},
                                     {QStringLiteral("signals_hash"), QString::fromLatin1(inputs.signals_hash)}})
        .toJson(QJsonDocument::Compact);
}

Result<TrainingInputs> trainingInputsFromJson(const QByteArray& text) {
    const auto damaged = [](const char* what) {
        return failure(ErrorCode::corrupt_file, std::string("the inputs of a training job are damaged: ") + what);
    };
    if (text.size() > longest_inputs) return damaged("too long");
    const QJsonDocument document = QJsonDocument::fromJson(text);
    if (!document.isObject()) return damaged("not JSON");
    const QJsonObject object = document.object();
    if (object.value(QStringLiteral("version")).toInt() != 1) return damaged("of a version that this program does not know");
    TrainingInputs inputs;
    inputs.model_id = object.value(QStringLiteral("model_id")).toString().toStdString();
    const QJsonArray examples = object.value(QStringLiteral("examples")).toArray();
    if (examples.size() > most_examples) return damaged("too many examples");
    for (const auto& value : examples) {
        const QJsonObject row = value.toObject();
        TrainingExample example;
        example.item = {row.value(QStringLiteral("item")).toInteger()};
        example.path = row.value(QStringLiteral("path")).toString();
        example.prompt = row.value(QStringLiteral("prompt")).toString().toStdString();
        example.instruction = row.value(QStringLiteral("instruction")).toString().toStdString();
        example.grid = row.value(QStringLiteral("grid")).toInt();
        example.rating = row.value(QStringLiteral("rating")).toDouble(std::nan(""));
        if (!std::isfinite(example.rating) || example.path.isEmpty()) return damaged("an example without a rating or a path");
        inputs.examples.push_back(std::move(example));
    }
    for (const auto& prompt : object.value(QStringLiteral("prompts")).toArray()) inputs.prompts.push_back(prompt.toString().toStdString());
    for (const auto& prompt : object.value(QStringLiteral("gate_prompts")).toArray()) inputs.gate_prompts.push_back(prompt.toString().toStdString());
    auto drawing = inference::request_from_json(object.value(QStringLiteral("drawing")).toString().toStdString());
    if (!drawing) return tl::unexpected<inference::Error>(drawing.error());
    inputs.drawing = *std::move(drawing);
    const QJsonObject config = object.value(QStringLiteral("config")).toObject();
    auto objective = inference::parse_training_objective(config.value(QStringLiteral("objective")).toString().toStdString());
    if (!objective) return tl::unexpected<inference::Error>(objective.error());
    auto& c = inputs.config;
    c.objective = *objective;
    const std::pair<const char*, int*> whole[] = {{"rank", &c.rank},
                                                  {"steps", &c.steps},
                                                  {"groups_per_step", &c.groups_per_step},
                                                  {"warmup_steps", &c.warmup_steps},
                                                  {"max_side", &c.max_side},
                                                  {"checkpoint_steps", &c.checkpoint_steps}};
    for (const auto& [key, field] : whole) {
        *field = config.value(QLatin1String(key)).toInt(-1);
        if (*field < 0 || *field > 1'000'000) return damaged(key);
    }
    const std::pair<const char*, double*> real[] = {{"alpha", &c.alpha},
                                                    {"replay_share", &c.replay_share},
                                                    {"empty_prompt_share", &c.empty_prompt_share},
                                                    {"inverse_strength", &c.inverse_strength},
                                                    {"prompt_weight", &c.prompt_weight},
                                                    {"keep_weight", &c.keep_weight},
                                                    {"noise_shift", &c.noise_shift},
                                                    {"learning_rate", &c.learning_rate},
                                                    {"decay_share", &c.decay_share},
                                                    {"weight_decay", &c.weight_decay},
                                                    {"clip_norm", &c.clip_norm},
                                                    {"ema_decay", &c.ema_decay}};
    for (const auto& [key, field] : real) {
        *field = config.value(QLatin1String(key)).toDouble(std::nan(""));
        if (!(std::abs(*field) < 1e9)) return damaged(key);
    }
    c.seed = config.value(QStringLiteral("seed")).toString().toULongLong();
    inputs.seed = object.value(QStringLiteral("seed")).toString().toULongLong();
    inputs.budget_minutes = object.value(QStringLiteral("budget_minutes")).toDouble();
    inputs.signals_hash = object.value(QStringLiteral("signals_hash")).toString().toLatin1();
    return inputs;
}

}  // namespace app
