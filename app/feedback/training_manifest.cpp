// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_manifest.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

namespace app {
namespace {

/// JSON has no word for what is not a number.
QJsonValue number(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(QJsonValue::Null); }

QJsonObject toJson(const GateMeasures& measures) {
    return {{QStringLiteral("strength"), number(measures.strength)},
            {QStringLiteral("judged_pictures"), measures.pictures},
            {QStringLiteral("judged_win"), number(measures.judged_win.value)},
            {QStringLiteral("judged_win_interval"), QJsonArray{number(measures.judged_win.low), number(measures.judged_win.high)}},
            {QStringLiteral("fidelity_change"), number(measures.fidelity_change)},
            {QStringLiteral("margin_change"), number(measures.margin_change)},
            {QStringLiteral("raw_diversity"), number(measures.raw_diversity)},
            {QStringLiteral("matched_diversity"), number(measures.matched_diversity)},
            {QStringLiteral("loss_ratio"), number(measures.loss_ratio)},
            {QStringLiteral("clipped_ratio"), number(measures.clipped_ratio)}};
}

QJsonObject outcomeJson(const TrainingOutcome& outcome) {
    QJsonArray trials;
    for (const auto& trial : outcome.trials) trials.append(toJson(trial));
    QJsonArray reasons;
    for (const auto reason : outcome.reasons) reasons.append(QLatin1String(to_string(reason)));
    return {{QStringLiteral("accepted"), outcome.accepted},
            {QStringLiteral("reasons"), reasons},
            {QStringLiteral("ratings"), outcome.learnability.ratings},
            {QStringLiteral("missing"), outcome.missing},
            {QStringLiteral("duplicates"), outcome.duplicates},
            {QStringLiteral("skill"), number(outcome.learnability.skill)},
            {QStringLiteral("skill_threshold"), number(outcome.learnability.threshold)},
            {QStringLiteral("loss"), number(outcome.training.loss)},
            {QStringLiteral("drift"), number(outcome.training.drift)},
            {QStringLiteral("measures"), toJson(outcome.measures)},
            {QStringLiteral("trials"), trials},
            {QStringLiteral("seconds"), number(outcome.seconds)}};
}

}  // namespace

QByteArray adapterManifest(const TrainingInputs& inputs, const TrainingOutcome& outcome) {
    QJsonArray items;
    for (const auto& example : inputs.examples) items.append(example.item.value);
    const QJsonObject config = QJsonDocument::fromJson(toJson(inputs)).object().value(QStringLiteral("config")).toObject();
    const QJsonObject object{{QStringLiteral("format"), QStringLiteral("fuselight adapter")},
                             {QStringLiteral("version"), 1},
                             {QStringLiteral("id"), outcome.adapter_id},
                             {QStringLiteral("model_id"), QString::fromStdString(inputs.model_id)},
                             {QStringLiteral("signals_hash"), QString::fromLatin1(inputs.signals_hash)},
                             {QStringLiteral("rated_items"), items},
                             {QStringLiteral("config"), config},
                             {QStringLiteral("seed"), QString::number(inputs.seed)},
                             {QStringLiteral("program"), QCoreApplication::applicationVersion()},
                             {QStringLiteral("outcome"), outcomeJson(outcome)}};
    return QJsonDocument(object).toJson(QJsonDocument::Indented);
}

QByteArray measuresJson(const TrainingOutcome& outcome) { return QJsonDocument(outcomeJson(outcome)).toJson(QJsonDocument::Compact); }

}  // namespace app
