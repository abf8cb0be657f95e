// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/shared_adapter.h"

#include "app/feedback/adapter_file.h"
#include "app/imaging/safe_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>
#include <span>
#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

constexpr auto manifest_key = "fuselight_manifest";
constexpr std::size_t longest_manifest = 1024 * 1024;
constexpr int most_counted = 1'000'000;
constexpr qsizetype longest_word = 60;

Result<void> write(const QString& path, const QByteArray& contents) {
    return writeFileSafely(path, {reinterpret_cast<const std::uint8_t*>(contents.constData()), static_cast<std::size_t>(contents.size())});
}

std::optional<double> shareIn(const QJsonValue& value) {
    const double share = value.toDouble(-1.0);
    return share >= 0.0 && share <= 1.0 ? std::optional(share) : std::nullopt;
}

int countIn(const QJsonValue& value) { return std::clamp(value.toInt(), 0, most_counted); }

/// One line of a stranger's text.
QString wordIn(const QJsonValue& value) { return value.toString().left(longest_word).simplified(); }

QJsonObject toJson(const AdapterClaims& claims) {
    QJsonObject object{{QStringLiteral("program"), claims.program},
                       {QStringLiteral("ratings"), claims.ratings},
                       {QStringLiteral("judged_pictures"), claims.pictures}};
    if (claims.win && claims.win_low && claims.win_high) {
        object.insert(QStringLiteral("judged_win"), *claims.win);
        object.insert(QStringLiteral("judged_win_interval"), QJsonArray{*claims.win_low, *claims.win_high});
    }
    return object;
}

AdapterClaims claimsFrom(const QString& program, int ratings, const QJsonObject& measures) {
    AdapterClaims claims;
    claims.program = program;
    claims.ratings = ratings;
    claims.pictures = countIn(measures.value(QStringLiteral("judged_pictures")));
    const QJsonArray interval = measures.value(QStringLiteral("judged_win_interval")).toArray();
    const auto win = shareIn(measures.value(QStringLiteral("judged_win")));
    if (!win || interval.size() != 2 || claims.pictures == 0) return claims;
    const auto low = shareIn(interval[0]);
    const auto high = shareIn(interval[1]);
    if (!low || !high || *low > *win || *win > *high) return claims;
    claims.win = win;
    claims.win_low = low;
    claims.win_high = high;
    return claims;
}

QByteArray importManifest(const inference::AdapterInfo& info, const std::string& model_id, const QString& file) {
    QJsonObject origin{{QStringLiteral("file"), file.left(255)},
                       {QStringLiteral("names_base"), !info.model_id.empty()},
                       {QStringLiteral("rank"), info.rank},
                       {QStringLiteral("alpha"), info.alpha}};
    if (const auto claims = claimsIn(info.metadata)) origin.insert(QStringLiteral("says_of_itself"), toJson(*claims));
    const QJsonObject object{{QStringLiteral("format"), QStringLiteral("fuselight adapter")},
                             {QStringLiteral("version"), 1},
                             {QStringLiteral("id"), QString::fromStdString(info.id)},
                             {QStringLiteral("model_id"), QString::fromStdString(model_id)},
                             {QStringLiteral("imported"), origin}};
    return QJsonDocument(object).toJson(QJsonDocument::Indented);
}

}  // namespace

Result<void> writeSharedAdapter(const QString& file, const QByteArray& manifest, const QString& target) {
    QJsonObject object = QJsonDocument::fromJson(manifest).object();
    // One that came with a manifest of somebody's goes on as it came.
    if (object.contains(QStringLiteral("imported"))) {
        QFile source(file);
        if (!source.open(QIODevice::ReadOnly)) return failure(ErrorCode::io, file.toStdString() + ": " + source.errorString().toStdString());
        return write(target, source.readAll());
    }
    object.remove(QStringLiteral("rated_items"));
    auto shared = adapterWithMetadata(file, manifest_key, QJsonDocument(object).toJson(QJsonDocument::Compact));
    if (!shared) return tl::unexpected<Error>(shared.error());
    return write(target, *shared);
}

std::optional<AdapterClaims> claimsIn(const std::map<std::string, std::string>& metadata) {
    const auto found = metadata.find(manifest_key);
    if (found == metadata.end() || found->second.size() > longest_manifest) return std::nullopt;
    const QJsonObject manifest = QJsonDocument::fromJson(QByteArray::fromStdString(found->second)).object();
    if (manifest.value(QStringLiteral("format")).toString() != QStringLiteral("fuselight adapter")) return std::nullopt;
    const QJsonObject outcome = manifest.value(QStringLiteral("outcome")).toObject();
    return claimsFrom(wordIn(manifest.value(QStringLiteral("program"))), countIn(outcome.value(QStringLiteral("ratings"))),
                      outcome.value(QStringLiteral("measures")).toObject());
}

std::optional<AdapterOrigin> originOf(const AdapterRow& row) {
    if (row.verdict != AdapterVerdict::imported) return std::nullopt;
    const QJsonObject imported = QJsonDocument::fromJson(row.manifest).object().value(QStringLiteral("imported")).toObject();
    AdapterOrigin origin;
    origin.file = imported.value(QStringLiteral("file")).toString();
    origin.names_base = imported.value(QStringLiteral("names_base")).toBool();
    origin.rank = imported.value(QStringLiteral("rank")).toInt();
    const QJsonValue says = imported.value(QStringLiteral("says_of_itself"));
    if (says.isObject()) {
        const QJsonObject claims = says.toObject();
        origin.claims = claimsFrom(wordIn(claims.value(QStringLiteral("program"))), countIn(claims.value(QStringLiteral("ratings"))), claims);
    }
    return origin;
}

Result<AdapterRow> takeAdapter(inference::Engine& engine, const QString& path, const QString& adapters_dir, TasteId taste, std::stop_token stop) {
    const std::string name = path.toStdString();
    inference::LearningEngine* learning = engine.learning();
    if (learning == nullptr) return failure(ErrorCode::unsupported_model, name + ": the loaded model takes no adapters");
    auto info = learning->inspect_adapter(name, std::move(stop));
    if (!info) return tl::unexpected<Error>(info.error());
    QFile source(path);
    if (!source.open(QIODevice::ReadOnly)) return failure(ErrorCode::io, name + ": " + source.errorString().toStdString());
    // What is stored is, to the bit, what was looked at.
    const QByteArray contents = source.read(info->bytes + 1);
    const QString id = QString::fromStdString(info->id);
    if (adapterIdOf(contents) != id) return failure(ErrorCode::io, name + ": was changed while it was read");
    AdapterRow row;
    row.id = id;
    row.profile = taste;
    row.model_id = engine.model().id;
    row.manifest = importManifest(*info, row.model_id, QFileInfo(path).fileName());
    row.verdict = AdapterVerdict::imported;
    row.pinned = true;  // nobody asked for it to be replaced by what is learned here
    row.created_at = QDateTime::currentDateTimeUtc();
    const QString folder = adapters_dir + QLatin1Char('/') + id;
    if (!QDir().mkpath(folder)) return failure(ErrorCode::io, "the folder " + folder.toStdString() + " cannot be made");
    const QString manifest = folder + QStringLiteral("/manifest.json");
    const bool was_there = QFileInfo::exists(manifest);
    auto stored = write(folder + QStringLiteral("/adapter.safetensors"), contents);
    if (stored && !was_there) stored = write(manifest, row.manifest);
    if (stored) return row;
    if (!was_there) QDir(folder).removeRecursively();
    return tl::unexpected<Error>(stored.error());
}

}  // namespace app
