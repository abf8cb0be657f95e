// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/evaluate_command.h"

#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "app/feedback/candidate_evaluation.h"
#include "app/feedback/head_evaluation.h"
#include "app/feedback/rater_command.h"
#include "app/paths/profile_paths.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/terminal.h"
#include "ui/start/model_source.h"

namespace ui {
namespace {

struct EvaluateOptions {
    app::EvaluationOptions protocol;
    inference::EngineConfig engine;
    QString cache;
    QStringList arms;
    int training_steps = 0;
    QStringList settings;  ///< of the training, NAME=NUMBER
    double budget_minutes = 10.0;
    bool shares_pictures = false;
};

bool setNumber(inference::TrainingConfig& config, const QString& word) {
    const QString name = word.section(QLatin1Char('='), 0, 0);
    bool valid = false;
    const double value = word.section(QLatin1Char('='), 1).toDouble(&valid);
    if (!valid) return false;
    const std::pair<const char*, double*> real[] = {{"learning_rate", &config.learning_rate},       {"noise_shift", &config.noise_shift},
                                                    {"inverse_strength", &config.inverse_strength}, {"prompt_weight", &config.prompt_weight},
                                                    {"keep_weight", &config.keep_weight},           {"replay_share", &config.replay_share}};
    for (const auto& [key, field] : real) {
        if (name == QLatin1String(key)) {
            *field = value;
            return true;
        }
    }
    if (value < 1.0 || value > 1024.0) return false;
    if (name == QStringLiteral("groups_per_step")) config.groups_per_step = static_cast<int>(value);
    else if (name == QStringLiteral("rank")) config.rank = static_cast<int>(value);
    else return false;
    return true;
}

const QString pruned_arm = QStringLiteral("best_of_four_pruned");

/// What can be measured. `head` and `best_of_four_pruned` need no training; each of the others trains an adapter of its own.
struct Arm {
    const char* name;
    inference::TrainingObjective objective;
    bool shuffled;
};
constexpr Arm trained_arms[] = {{"lora", inference::TrainingObjective::guidance, false},
                                {"signed", inference::TrainingObjective::signed_flow, false},
                                {"dpo", inference::TrainingObjective::dpo, false},
                                {"kto", inference::TrainingObjective::kto, false},
                                {"rwr", inference::TrainingObjective::reward_weighted, false},
                                {"sft", inference::TrainingObjective::supervised, false},
                                {"shuffled", inference::TrainingObjective::guidance, true}};

const Arm* trainedArm(const QString& name) {
    const auto* found =
        std::find_if(std::begin(trained_arms), std::end(trained_arms), [&](const Arm& arm) { return name == QLatin1String(arm.name); });
    return found == std::end(trained_arms) ? nullptr : found;
}

inference::Result<app::Rater> raterOf(const QCommandLineParser& parser, const QCommandLineOption& name, const QCommandLineOption& command) {
    if (parser.isSet(name) == parser.isSet(command)) {
        return tl::unexpected<inference::Error>(usage(QStringLiteral("give one of --rater and --rater-command")));
    }
    if (parser.isSet(name)) return app::findRater(parser.value(name).toStdString());
    app::RaterCommandOptions options;
    options.program = parser.value(command);
    return app::commandRater(options);
}

inference::Result<EvaluateOptions> parse(QCommandLineParser& parser, const QStringList& arguments, const ProgramFiles& files, bool& wants_json,
                                         QString& help) {
    const ModelOptions model_options(parser);
    const QCommandLineOption rater(QStringLiteral("rater"),
                                   QStringLiteral("A synthetic rater: warmth, brightness, darkness, colourful, whitespace, "
                                                  "symmetry, style, mix, conditional, rare or null."),
                                   QStringLiteral("NAME"));
    const QCommandLineOption command(QStringLiteral("rater-command"),
                                     QStringLiteral("A program that reads image paths from standard input and writes a score a line."),
                                     QStringLiteral("PROGRAM"));
    const QCommandLineOption ratings(QStringLiteral("ratings"), QStringLiteral("Pictures rated, in grids of four."), QStringLiteral("N"),
                                     QStringLiteral("60"));
    const QCommandLineOption seed(QStringLiteral("seed"), QStringLiteral("Of the split of the prompts, the rated pictures and the rater's noise."),
                                  QStringLiteral("S"), QStringLiteral("1"));
    const QCommandLineOption arms(
        QStringLiteral("arms"),
        QStringLiteral(
            "What to measure, by commas: head (predictions and best of four, without training), best_of_four_pruned (the same as the engine "
            "draws it, with the time it takes), lora, signed, dpo, kto, rwr, sft, shuffled."),
        QStringLiteral("LIST"), QStringLiteral("head,lora"));
    const QCommandLineOption budget(QStringLiteral("budget-minutes"), QStringLiteral("Time for each training, about."), QStringLiteral("M"),
                                    QStringLiteral("10"));
    const QCommandLineOption training_steps(QStringLiteral("training-steps"), QStringLiteral("Optimiser steps at most."), QStringLiteral("N"),
                                            QStringLiteral("120"));
    const QCommandLineOption steps(QStringLiteral("steps"), QStringLiteral("Sampler steps of every picture (multistep2)."), QStringLiteral("N"),
                                   QStringLiteral("12"));
    const QCommandLineOption set(
        QStringLiteral("set"),
        QStringLiteral("Of the training: learning_rate, noise_shift, inverse_strength, prompt_weight, keep_weight, replay_share, "
                       "groups_per_step, rank; several by commas."),
        QStringLiteral("NAME=NUMBER"));
    const QCommandLineOption share(QStringLiteral("share-pictures"),
                                   QStringLiteral("Trainings find what another drew: faster, but their time is no longer a user's."));
    const QCommandLineOption cache(QStringLiteral("pictures"), QStringLiteral("Folder where drawn pictures are kept between runs."),
                                   QStringLiteral("DIR"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print the result as JSON on standard output."));
    parser.addOptions({rater, command, ratings, seed, arms, budget, training_steps, steps, set, share, cache, json});
    const auto words = parseWords(parser, arguments, help);
    wants_json = parser.isSet(json);
    if (!words) return tl::unexpected<inference::Error>(words.error());
    if (!help.isEmpty()) return EvaluateOptions{};

    EvaluateOptions options;
    auto chosen = raterOf(parser, rater, command);
    if (!chosen) return tl::unexpected<inference::Error>(chosen.error());
    options.protocol.rater = *std::move(chosen);
    options.arms = parser.value(arms).split(QLatin1Char(','));
    for (const QString& arm : std::as_const(options.arms)) {
        if (arm == QStringLiteral("head") || arm == pruned_arm || trainedArm(arm) != nullptr) continue;
        return tl::unexpected<inference::Error>(
            usage(QStringLiteral("--arms has \"%1\"; there are head, best_of_four_pruned, lora, signed, dpo, kto, rwr, sft and shuffled").arg(arm)));
    }
    const auto minutes = wholeNumber(parser, budget, 1, 7 * 24 * 60);
    if (!minutes) return tl::unexpected<inference::Error>(minutes.error());
    const auto most_steps = wholeNumber(parser, training_steps, 1, 100'000);
    if (!most_steps) return tl::unexpected<inference::Error>(most_steps.error());
    options.budget_minutes = static_cast<double>(*minutes);
    options.training_steps = static_cast<int>(*most_steps);
    options.settings = parser.value(set).split(QLatin1Char(','), Qt::SkipEmptyParts);
    inference::TrainingConfig any;
    for (const QString& word : std::as_const(options.settings)) {
        if (!setNumber(any, word)) {
            return tl::unexpected<inference::Error>(usage(QStringLiteral("--set does not know \"%1\"; see --help").arg(word)));
        }
    }
    const auto count = wholeNumber(parser, ratings, 4, 256);
    if (!count) return tl::unexpected<inference::Error>(count.error());
    const auto number = wholeNumber(parser, seed, 0, 1'000'000);
    if (!number) return tl::unexpected<inference::Error>(number.error());
    const auto sampler_steps = wholeNumber(parser, steps, 1, inference::RequestLimits::max_steps);
    if (!sampler_steps) return tl::unexpected<inference::Error>(sampler_steps.error());
    options.protocol.ratings = static_cast<int>(*count);
    options.protocol.seed = static_cast<std::uint64_t>(*number);
    options.protocol.drawing.num_inference_steps = static_cast<int>(*sampler_steps);
    options.protocol.drawing.sampler = inference::Sampler::multistep2;
    auto engine = model_options.config(files);
    if (!engine) return tl::unexpected<inference::Error>(engine.error());
    options.engine = *std::move(engine);
    const auto standard = app::ProfilePaths::standard();
    options.engine.cache_path = standard.cache_dir.toStdString();
    options.protocol.drawing.dtype = options.engine.dtype;
    options.cache = parser.isSet(cache) ? parser.value(cache) : standard.cache_dir + QStringLiteral("/evaluation");
    options.shares_pictures = parser.isSet(share);
    // Adapters of all arms lie together, under their ids.
    options.engine.adapters_path = QString(options.cache + QStringLiteral("/adapters")).toStdString();
    return options;
}

/// A folder of its own for everything that decides a training, so that only the same one is gone on with.
QString runName(const EvaluateOptions& options, const QString& arm) {
    const auto& protocol = options.protocol;
    QString rater = QString::fromStdString(protocol.rater.name);
    for (QChar& c : rater) {
        if (!c.isLetterOrNumber()) c = QLatin1Char('_');
    }
    QString variant = options.settings.join(QLatin1Char(','));
    variant.remove(QRegularExpression(QStringLiteral("[^a-z0-9_=.,-]")));
    return QStringLiteral("%1-%2-%3-%4-%5-%6-%7%8")
        .arg(arm, rater)
        .arg(protocol.ratings)
        .arg(protocol.seed)
        .arg(protocol.drawing.num_inference_steps)
        .arg(options.training_steps)
        .arg(options.budget_minutes)
        .arg(variant.isEmpty() ? QString() : QLatin1Char('-') + variant);
}

QJsonArray interval(const app::Estimate& estimate) { return {estimate.low, estimate.high}; }

QJsonObject headJson(const app::HeadReport& head, const EvaluateOptions& options, double seconds) {
    return {{QStringLiteral("rater"), QString::fromStdString(options.protocol.rater.name)},
            {QStringLiteral("ratings"), options.protocol.ratings},
            {QStringLiteral("seed"), static_cast<qint64>(options.protocol.seed)},
            {QStringLiteral("accepted"), head.speaks},
            {QStringLiteral("win_rate"), head.best_of_four.value},
            {QStringLiteral("win_rate_interval"), interval(head.best_of_four)},
            // The head chooses among the base's pictures: each follows its prompt as before.
            {QStringLiteral("fidelity_change"), 0.0},
            {QStringLiteral("matched_diversity"), 1.0},
            {QStringLiteral("head_accuracy"), head.pair_accuracy},
            {QStringLiteral("head_best_of_four"), head.best_of_four.value},
            {QStringLiteral("head_pairs"), head.pairs},
            {QStringLiteral("head_skill"), head.skill},
            {QStringLiteral("head_threshold"), head.threshold},
            {QStringLiteral("uses_states"), head.uses_states},
            {QStringLiteral("oracle_win_rate"), head.oracle_of_four.value},
            {QStringLiteral("seconds"), seconds}};
}

QJsonObject measuresJson(const app::GateMeasures& measures) {
    return {{QStringLiteral("strength"), measures.strength},
            {QStringLiteral("pictures"), measures.pictures},
            {QStringLiteral("judged_win_rate"), measures.judged_win.value},
            {QStringLiteral("judged_win_rate_interval"), interval(measures.judged_win)},
            {QStringLiteral("raw_diversity"), measures.raw_diversity},
            {QStringLiteral("matched_diversity"), measures.matched_diversity},
            {QStringLiteral("clipped_ratio"), measures.clipped_ratio},
            {QStringLiteral("fidelity_change"), measures.fidelity_change},
            {QStringLiteral("margin_change"), measures.margin_change},
            {QStringLiteral("loss_ratio"), measures.loss_ratio}};
}

QJsonObject adapterJson(const app::AdapterReport& report) {
    QJsonArray reasons;
    for (const auto reason : report.reasons) reasons.append(QLatin1String(app::to_string(reason)));
    QJsonArray frontier;
    for (const auto& [measures, win_rate] : report.frontier) {
        QJsonObject row = measuresJson(measures);
        row.insert(QStringLiteral("win_rate"), win_rate.value);
        row.insert(QStringLiteral("win_rate_interval"), interval(win_rate));
        frontier.append(row);
    }
    return {{QStringLiteral("accepted"), report.accepted},
            {QStringLiteral("reasons"), reasons},
            {QStringLiteral("proof"), measuresJson(report.proof)},
            {QStringLiteral("frontier"), frontier},
            {QStringLiteral("win_rate"), report.win_rate.value},
            {QStringLiteral("win_rate_interval"), interval(report.win_rate)},
            {QStringLiteral("best_of_four"), report.best_of_four.value},
            {QStringLiteral("best_of_four_interval"), interval(report.best_of_four)},
            {QStringLiteral("star_change"), report.star_change},
            {QStringLiteral("prompts_worse"), report.prompts_worse},
            {QStringLiteral("fidelity_change"), report.fidelity_change.value},
            {QStringLiteral("fidelity_change_interval"), interval(report.fidelity_change)},
            {QStringLiteral("raw_diversity"), report.raw_diversity},
            {QStringLiteral("matched_diversity"), report.matched_diversity.value},
            {QStringLiteral("matched_diversity_interval"), interval(report.matched_diversity)},
            {QStringLiteral("strength"), report.strength},
            {QStringLiteral("training_seconds"), report.training_seconds}};
}

QJsonObject candidatesJson(const app::CandidateReport& report) {
    return {{QStringLiteral("win_rate"), report.win_rate.value},
            {QStringLiteral("win_rate_interval"), interval(report.win_rate)},
            {QStringLiteral("whole_win_rate"), report.whole_win_rate.value},
            {QStringLiteral("whole_win_rate_interval"), interval(report.whole_win_rate)},
            {QStringLiteral("fours"), report.fours},
            {QStringLiteral("same_choice"), report.same_choice},
            {QStringLiteral("time_share"), report.time_share}};
}

QString percent(double share) { return QString::number(100.0 * share, 'f', 1) + QStringLiteral(" %"); }

QString adapterLine(const QString& arm, const app::AdapterReport& report) {
    if (!report.accepted) {
        QStringList reasons;
        for (const auto reason : report.reasons) reasons.append(QLatin1String(app::to_string(reason)));
        return QStringLiteral("%1 refused: %2 (%3 s)").arg(arm, -11).arg(reasons.join(QStringLiteral(", "))).arg(report.training_seconds, 0, 'f', 0);
    }
    return QStringLiteral("%1 wins %2 [%3, %4], with best of 4 %5, fidelity %6 points, diversity %7 (matched %8), strength %9")
               .arg(arm, -11)
               .arg(percent(report.win_rate.value), percent(report.win_rate.low), percent(report.win_rate.high), percent(report.best_of_four.value),
                    QString::number(report.fidelity_change.value, 'f', 1), QString::number(report.raw_diversity, 'f', 2),
                    QString::number(report.matched_diversity.value, 'f', 2), QString::number(report.strength, 'f', 1)) +
        QStringLiteral(" (%1 s)").arg(report.training_seconds, 0, 'f', 0);
}

QString headTable(const app::HeadReport& head, double seconds) {
    return QStringLiteral("head        skill %1 (chance up to %2), %3\n"
                          "pairs       %4 of %5 unseen pairs in order\n"
                          "best of 4   wins %6 [%7, %8], the rater's own choice %9\n")
               .arg(QString::number(head.skill, 'f', 2), QString::number(head.threshold, 'f', 2),
                    head.speaks ? QStringLiteral("speaks") : QStringLiteral("is silent"), percent(head.pair_accuracy), QString::number(head.pairs),
                    percent(head.best_of_four.value), percent(head.best_of_four.low), percent(head.best_of_four.high),
                    percent(head.oracle_of_four.value)) +
        QStringLiteral("time        %1 s").arg(seconds, 0, 'f', 0);
}

QString candidatesLine(const app::CandidateReport& report) {
    return QStringLiteral("pruned      wins %1 [%2, %3], of four drawn whole %4; the same picture in %5 of %6 fours, in %7 of their time")
        .arg(percent(report.win_rate.value), percent(report.win_rate.low), percent(report.win_rate.high), percent(report.whole_win_rate.value),
             percent(report.same_choice), QString::number(report.fours), percent(report.time_share));
}

}  // namespace

ExitCode runEvaluateFeedback(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Measures what ratings teach, with a synthetic rater."));
    bool wants_json = false;
    QString help;
    auto options = parse(parser, arguments, files, wants_json, help);
    Terminal terminal(wants_json);
    if (!options) return terminal.fail(options.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    QElapsedTimer timer;
    timer.start();
    Interruption interruption;
    const auto on_load = [&](const inference::LoadProgress& progress) {
        interruption.poll();
        terminal.showLoading(progress.fraction);
    };
    const auto engine = engineFactory(files.engine_module.toStdString(), options->engine)(on_load, interruption.token());
    if (!engine) return terminal.fail(engine.error());
    options->protocol.drawing = inference::with_defaults(options->protocol.drawing, (*engine)->model());
    app::PicturePool pool(options->cache);
    const auto on_progress = [&](const char* stage, int done, int total) {
        interruption.poll();
        terminal.showStage(QString::fromLatin1(stage), done, total);
    };
    const auto data = app::prepareEvaluation(**engine, pool, options->protocol, on_progress, interruption.token());
    if (!data) return terminal.fail(data.error());
    const auto head = app::evaluateHead(*data, options->protocol);
    if (!head) return terminal.fail(head.error());
    std::optional<app::CandidateReport> candidates;
    if (options->arms.contains(pruned_arm)) {
        auto report = app::evaluateCandidates(**engine, *data, options->protocol, on_progress, interruption.token());
        if (!report) return terminal.fail(report.error());
        candidates = *report;
    }
    std::vector<std::pair<QString, app::AdapterReport>> trained;
    for (const QString& name : std::as_const(options->arms)) {
        const Arm* arm = trainedArm(name);
        if (arm == nullptr) continue;
        auto config = inference::training_defaults(arm->objective);
        config.steps = options->training_steps;
        for (const QString& word : std::as_const(options->settings)) setNumber(config, word);
        app::AdapterEvaluation evaluation;
        evaluation.config = config;
        evaluation.budget_minutes = options->budget_minutes;
        evaluation.shuffled = arm->shuffled;
        evaluation.adapters_dir = QString::fromStdString(options->engine.adapters_path);
        evaluation.work_dir = options->cache + QStringLiteral("/training/") + runName(*options, name);
        if (options->shares_pictures) evaluation.pictures_dir = options->cache;
        auto report = app::evaluateAdapter(**engine, pool, *data, options->protocol, evaluation, on_progress, interruption.token());
        if (!report) return terminal.fail(report.error());
        trained.emplace_back(name, *std::move(report));
    }
    const double seconds = static_cast<double>(timer.elapsed()) / 1000.0;
    terminal.clearProgress();
    if (terminal.json()) {
        QJsonObject object = headJson(*head, *options, seconds);
        QJsonObject arms;
        if (candidates) arms.insert(pruned_arm, candidatesJson(*candidates));
        for (const auto& [name, report] : trained) arms.insert(name, adapterJson(report));
        object.insert(QStringLiteral("arms"), arms);
        // The first trained arm is what the studio would do; its figures are the headline.
        if (!trained.empty()) {
            const QJsonObject headline = arms.value(trained.front().first).toObject();
            for (const QString& key :
                 {QStringLiteral("accepted"), QStringLiteral("win_rate"), QStringLiteral("win_rate_interval"), QStringLiteral("fidelity_change"),
                  QStringLiteral("fidelity_change_interval"), QStringLiteral("matched_diversity_interval"), QStringLiteral("raw_diversity"),
                  QStringLiteral("matched_diversity"), QStringLiteral("strength")}) {
                object.insert(key, headline.value(key));
            }
        }
        terminal.print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
    } else {
        terminal.print(headTable(*head, seconds));
        if (candidates) terminal.print(candidatesLine(*candidates));
        for (const auto& [name, report] : trained) terminal.print(adapterLine(name, report));
    }
    return ExitCode::ok;
}

}  // namespace ui
