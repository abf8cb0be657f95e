// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/evaluate_feedback_command.h"

#include <QCommandLineParser>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <cmath>

#include "app/evaluation/command_rater.h"
#include "app/evaluation/feedback_trial.h"
#include "app/paths/profile_paths.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/terminal.h"
#include "ui/start/model_source.h"

namespace ui {
namespace {

using app::ArmReport;
using app::TrialArm;
using app::TrialReport;

inference::Error usage(const QString& sentence) { return {inference::ErrorCode::invalid_request, sentence.toStdString()}; }
tl::unexpected<inference::Error> wrong(const QString& sentence) { return tl::unexpected<inference::Error>(usage(sentence)); }

struct Plan {
    QStringList raters;  ///< names, or one command
    bool is_command = false;
    std::vector<int> ratings;
    std::uint64_t first_seed = 0;
    int seeds = 1;
    app::TrialOptions trial;
    inference::EngineConfig engine;
};

/// A number that may be none (a share of nothing) as JSON.
QJsonValue number(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(QJsonValue::Null); }

QJsonArray intervalJson(const app::Estimate& estimate) { return {number(estimate.low), number(estimate.high)}; }

QJsonObject armJson(const ArmReport& arm) {
    return {{QStringLiteral("arm"), QLatin1String(app::to_string(arm.arm))},
            {QStringLiteral("accepted"), arm.accepted},
            {QStringLiteral("win_rate"), number(arm.win_rate.mean)},
            {QStringLiteral("win_rate_interval"), intervalJson(arm.win_rate)},
            {QStringLiteral("star_change"), number(arm.star_change)},
            {QStringLiteral("worst_prompt"), number(arm.worst_prompt)},
            {QStringLiteral("fidelity_change"), number(arm.fidelity_change)},
            {QStringLiteral("raw_diversity"), number(arm.raw_diversity)},
            {QStringLiteral("matched_diversity"), number(arm.matched_diversity)},
            {QStringLiteral("seconds"), arm.seconds}};
}

const char* verdictName(app::LearnabilityVerdict verdict) {
    switch (verdict) {
    case app::LearnabilityVerdict::learnable: return "learnable";
    case app::LearnabilityVerdict::too_few: return "too_few";
    case app::LearnabilityVerdict::all_the_same: return "all_the_same";
    case app::LearnabilityVerdict::one_sided: return "one_sided";
    case app::LearnabilityVerdict::not_understood: return "not_understood";
    }
    return "";
}

const char* failureName(app::GateFailure failure) {
    switch (failure) {
    case app::GateFailure::not_better: return "not_better";
    case app::GateFailure::prompt_following: return "prompt_following";
    case app::GateFailure::diversity: return "diversity";
    case app::GateFailure::matched_diversity: return "matched_diversity";
    case app::GateFailure::unhealthy: return "unhealthy";
    }
    return "";
}

QJsonObject gateJson(const app::TrainingOutcome& outcome) {
    QJsonArray tried;
    for (const auto& evidence : outcome.tried) {
        tried.append(QJsonObject{{QStringLiteral("scale"), evidence.strength},
                                 {QStringLiteral("judged_win"), number(evidence.judged_win.mean)},
                                 {QStringLiteral("judged_win_interval"), intervalJson(evidence.judged_win)},
                                 {QStringLiteral("accuracy_before"), evidence.fidelity_before.accuracy},
                                 {QStringLiteral("accuracy_after"), evidence.fidelity_after.accuracy},
                                 {QStringLiteral("margin_before"), evidence.fidelity_before.margin},
                                 {QStringLiteral("margin_after"), evidence.fidelity_after.margin},
                                 {QStringLiteral("raw_diversity"), number(evidence.raw_diversity)},
                                 {QStringLiteral("matched_diversity"), number(evidence.matched_diversity)},
                                 {QStringLiteral("base_loss_ratio"), number(evidence.base_loss_ratio)},
                                 {QStringLiteral("clipped_ratio"), number(evidence.clipped_ratio)}});
    }
    QJsonArray failures;
    for (const auto failure : outcome.failures) failures.append(QLatin1String(failureName(failure)));
    return {{QStringLiteral("learnability"), QLatin1String(verdictName(outcome.learnability_verdict))},
            {QStringLiteral("explained"), number(outcome.learnability.explained)},
            {QStringLiteral("chance_95"), number(outcome.learnability.chance_95)},
            {QStringLiteral("tried"), tried},
            {QStringLiteral("chosen_scale"), outcome.chosen ? QJsonValue(outcome.tried[*outcome.chosen].strength) : QJsonValue(QJsonValue::Null)},
            {QStringLiteral("failures"), failures},
            {QStringLiteral("drift"), number(outcome.drift)}};
}

/// One trial: what the gate did and, when the adapter was asked for, its figures at the top.
QJsonObject trialJson(const TrialReport& report) {
    QJsonArray arms;
    for (const ArmReport& arm : report.arms) arms.append(armJson(arm));
    QJsonObject json{{QStringLiteral("rater"), report.rater},
                     {QStringLiteral("ratings"), report.ratings},
                     {QStringLiteral("seed"), static_cast<qint64>(report.seed)},
                     {QStringLiteral("head_accuracy"), report.head_accuracy},
                     {QStringLiteral("head_skill"), number(report.head_skill)},
                     {QStringLiteral("head_speaks"), report.speaks},
                     {QStringLiteral("chance_95"), number(report.chance_95)},
                     {QStringLiteral("arms"), arms}};
    const ArmReport* adapter = report.find(TrialArm::adapter);
    json[QStringLiteral("accepted")] = adapter && adapter->accepted;
    if (adapter) {
        json[QStringLiteral("win_rate")] = number(adapter->win_rate.mean);
        json[QStringLiteral("win_rate_interval")] = intervalJson(adapter->win_rate);
        json[QStringLiteral("fidelity_change")] = number(adapter->fidelity_change);
        json[QStringLiteral("matched_diversity")] = number(adapter->matched_diversity);
        json[QStringLiteral("seconds")] = adapter->seconds;
    }
    if (report.outcome) json[QStringLiteral("gate")] = gateJson(*report.outcome);
    return json;
}

QString tableHeader() {
    return QStringLiteral("%1 %2 %3 %4 %5  %6 %7 %8 %9 %10")
        .arg(QStringLiteral("rater"), -12)
        .arg(QStringLiteral("N"), 4)
        .arg(QStringLiteral("seed"), 4)
        .arg(QStringLiteral("head"), 5)
        .arg(QStringLiteral("R2"), 6)
        .arg(QStringLiteral("arm"), -21)
        .arg(QStringLiteral("win rate"), -17)
        .arg(QStringLiteral("fidelity"), 8)
        .arg(QStringLiteral("diversity"), 9)
        .arg(QStringLiteral("seconds"), 7);
}

void printTable(Terminal& terminal, const TrialReport& report) {
    const auto fixed = [](double value, int digits) { return std::isfinite(value) ? QString::number(value, 'f', digits) : QStringLiteral("-"); };
    for (const ArmReport& arm : report.arms) {
        const QString win = arm.accepted
            ? QStringLiteral("%1 (%2 to %3)").arg(fixed(arm.win_rate.mean, 2), fixed(arm.win_rate.low, 2), fixed(arm.win_rate.high, 2))
            : QStringLiteral("refused");
        const bool trained = arm.seconds > 0.0 && arm.accepted;
        terminal.print(QStringLiteral("%1 %2 %3 %4 %5  %6 %7 %8 %9 %10")
                           .arg(report.rater, -12)
                           .arg(report.ratings, 4)
                           .arg(report.seed, 4)
                           .arg(fixed(report.head_accuracy, 2), 5)
                           .arg(fixed(report.head_skill, 2), 6)
                           .arg(QLatin1String(app::to_string(arm.arm)), -21)
                           .arg(win, -17)
                           .arg(trained ? fixed(arm.fidelity_change, 1) : QString(), 8)
                           .arg(trained ? fixed(arm.matched_diversity, 2) : QString(), 9)
                           .arg(arm.seconds > 0.0 ? fixed(arm.seconds, 0) : QString(), 7));
    }
}

inference::Result<Plan> parse(QCommandLineParser& parser, const QStringList& arguments, const ProgramFiles& files, bool& wants_json, QString& help) {
    const ModelOptions model_options(parser);
    const QString known = app::raterNames().join(QStringLiteral(", "));
    const QCommandLineOption rater(QStringLiteral("rater"), QStringLiteral("A known taste, several with commas, or all: %1.").arg(known),
                                   QStringLiteral("NAME"));
    const QCommandLineOption command(QStringLiteral("rater-command"),
                                     QStringLiteral("A program that reads image paths on standard input and writes one score a line."),
                                     QStringLiteral("PROGRAM"));
    const QCommandLineOption ratings(QStringLiteral("ratings"), QStringLiteral("Stars given, a multiple of 4; several with commas."),
                                     QStringLiteral("N"), QStringLiteral("60"));
    const QCommandLineOption seed(QStringLiteral("seed"), QStringLiteral("What is rated, and the noise of the hand."), QStringLiteral("S"),
                                  QStringLiteral("0"));
    const QCommandLineOption seeds(QStringLiteral("seeds"), QStringLiteral("Trials of each rater, with seeds counted up."), QStringLiteral("K"),
                                   QStringLiteral("1"));
    const QCommandLineOption arms(QStringLiteral("arms"),
                                  QStringLiteral("What is measured, with commas: head (the first three), base, best_of_four, oracle_best_of_four, "
                                                 "adapter, adapter_best_of_four, supervised, reward_weighted, kto, dpo, shuffled."),
                                  QStringLiteral("LIST"), QStringLiteral("head,adapter,adapter_best_of_four"));
    const QCommandLineOption steps(QStringLiteral("steps"), QStringLiteral("Sampler steps of every picture."), QStringLiteral("N"),
                                   QStringLiteral("12"));
    const QCommandLineOption training_steps(QStringLiteral("training-steps"), QStringLiteral("Optimiser steps of a training run."),
                                            QStringLiteral("N"), QStringLiteral("%1").arg(inference::TrainingConfig{}.steps));
    const QCommandLineOption folder(QStringLiteral("folder"), QStringLiteral("Where drawn pictures are kept between runs."), QStringLiteral("DIR"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print the result as JSON on standard output."));
    parser.addOptions({rater, command, ratings, seed, seeds, arms, steps, training_steps, folder, json});
    const auto words = parseWords(parser, arguments, help);
    wants_json = parser.isSet(json);
    if (!words) return tl::unexpected<inference::Error>(words.error());
    if (!help.isEmpty()) return Plan{};

    Plan plan;
    if (parser.isSet(rater) == parser.isSet(command)) return wrong(QStringLiteral("give either --rater or --rater-command"));
    plan.is_command = parser.isSet(command);
    if (plan.is_command) plan.raters = {parser.value(command)};
    else if (parser.value(rater) == QLatin1String("all")) plan.raters = app::raterNames();
    else plan.raters = parser.value(rater).split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString& name : plan.raters) {
        if (!plan.is_command && !app::makeRater(name)) return wrong(QStringLiteral("--rater is \"%1\"; known are %2").arg(name, known));
    }
    for (const QString& word : parser.value(ratings).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        bool is_number = false;
        const int count = word.toInt(&is_number);
        if (!is_number || count < 4 || count % 4 != 0) return wrong(QStringLiteral("--ratings is \"%1\"; it must be a multiple of 4").arg(word));
        plan.ratings.push_back(count);
    }
    constexpr int most_seeds = 1000;
    const auto first = wholeNumber(parser, seed, 0, 1'000'000);
    const auto trials = wholeNumber(parser, seeds, 1, most_seeds);
    const auto sampler_steps = wholeNumber(parser, steps, 1, inference::RequestLimits::max_steps);
    const auto optimiser_steps = wholeNumber(parser, training_steps, 1, 100'000);
    for (const auto* each : {&first, &trials, &sampler_steps, &optimiser_steps}) {
        if (!*each) return tl::unexpected<inference::Error>(each->error());
    }
    plan.first_seed = static_cast<std::uint64_t>(*first);
    plan.seeds = static_cast<int>(*trials);
    plan.trial.arms.clear();
    for (const QString& word : parser.value(arms).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (word == QLatin1String("head")) {
            for (const TrialArm arm : {TrialArm::base, TrialArm::best_of_four, TrialArm::oracle_best_of_four}) plan.trial.arms.push_back(arm);
            continue;
        }
        const auto arm = app::parseTrialArm(word);
        if (!arm) return wrong(QStringLiteral("--arms names \"%1\"; see --help").arg(word));
        plan.trial.arms.push_back(*arm);
    }
    plan.trial.drawing.num_inference_steps = static_cast<int>(*sampler_steps);
    plan.trial.drawing.sampler = inference::Sampler::multistep2;
    plan.trial.config.steps = static_cast<int>(*optimiser_steps);

    auto engine = model_options.config(files);
    if (!engine) return tl::unexpected<inference::Error>(engine.error());
    plan.engine = *std::move(engine);
    const QString cache = app::ProfilePaths::standard().cache_dir;
    plan.engine.cache_path = cache.toStdString();
    plan.trial.folder = parser.isSet(folder) ? parser.value(folder) : cache + QStringLiteral("/feedback-evaluation");
    plan.trial.adapters_path = plan.trial.folder + QStringLiteral("/adapters");
    plan.engine.adapters_path = plan.trial.adapters_path.toStdString();
    plan.trial.drawing.dtype = plan.engine.dtype;
    return plan;
}

}  // namespace

ExitCode runEvaluateFeedback(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Measures what ratings teach: a rater whose taste is known gives noisy stars, and what is learnt from them is tried on other\n"
                       "prompts and other seeds."));
    bool wants_json = false;
    QString help;
    const auto plan = parse(parser, arguments, files, wants_json, help);
    Terminal terminal(wants_json);
    if (!plan) return terminal.fail(plan.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    Interruption interruption;
    const auto on_load = [&](const inference::LoadProgress& progress) {
        interruption.poll();
        terminal.showLoading(progress.fraction);
    };
    const auto engine = engineFactory(files.engine_module.toStdString(), plan->engine)(on_load, interruption.token());
    if (!engine) return terminal.fail(engine.error());

    app::FeedbackTrials trials(**engine, plan->trial, [&](const QString& what, double fraction) {
        interruption.poll();
        terminal.showStage(what, fraction);
    });
    if (!terminal.json()) terminal.print(tableHeader());
    QJsonArray reports;
    for (const QString& name : plan->raters) {
        const auto rater = plan->is_command ? app::makeCommandRater(name) : app::makeRater(name);
        for (const int ratings : plan->ratings) {
            for (int i = 0; i < plan->seeds; ++i) {
                const auto report = trials.run(*rater, name, ratings, plan->first_seed + static_cast<std::uint64_t>(i), interruption.token());
                if (!report) return terminal.fail(report.error());
                if (terminal.json()) reports.append(trialJson(*report));
                else printTable(terminal, *report);
            }
        }
    }
    if (terminal.json()) {
        // One trial is one object; several are a list of such.
        const QJsonObject result = reports.size() == 1 ? reports.first().toObject() : QJsonObject{{QStringLiteral("trials"), reports}};
        terminal.print(QString::fromUtf8(QJsonDocument(result).toJson(QJsonDocument::Compact)));
    }
    return ExitCode::ok;
}

}  // namespace ui
