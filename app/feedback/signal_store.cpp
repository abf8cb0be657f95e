// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/signal_store.h"

#include "app/library/database.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

constexpr std::array pick_names = {"picked", "rejected", "taken_back"};
constexpr std::array duel_names = {"left", "right", "equal", "skip"};
constexpr qsizetype longest_feature = 4 * 1024 * 1024;  ///< bytes of a row; a model's states are some ten thousand numbers

template <typename Names> int indexIn(const Names& names, const QString& text) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (text == QLatin1String(names[i])) return static_cast<int>(i);
    }
    return -1;
}

QByteArray toBlob(const float* values, std::size_t count) {
    return {reinterpret_cast<const char*>(values), static_cast<qsizetype>(count * sizeof(float))};  // every target is little-endian
}

Result<std::vector<float>> fromBlob(const QByteArray& blob) {
    if (blob.size() % static_cast<qsizetype>(sizeof(float)) != 0 || blob.size() > longest_feature) {
        return failure(ErrorCode::corrupt_file, "stored features have an impossible length of " + std::to_string(blob.size()) + " bytes");
    }
    std::vector<float> values(static_cast<std::size_t>(blob.size()) / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), blob.constData(), static_cast<std::size_t>(blob.size()));
    return values;
}

qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }

/// A row of the user's words of any kind, in the order they were said.
struct SaidRow {
    qint64 at = 0;
    qint64 id = 0;
    int kind = 0;  ///< 0 stars, 1 pick, 2 duel
    ItemId first, second;
    int answer = 0;
    qint64 profile = 1;
    qint64 grid = 0;
};

constexpr std::array kind_names = {"stars", "pick", "duel"};

/// All of them; `profile` 0: of every taste.
Result<std::vector<SaidRow>> saidRows(Database& database, qint64 profile) {
    // A picture without a job is a grid of its own (negative, so that it meets no job's number).
    const QString grid = QStringLiteral("COALESCE((SELECT CASE WHEN i.job_id > 0 THEN i.job_id ELSE -i.id END FROM items i WHERE i.id = %1), -%1)");
    auto rows = database.execute(
        QStringLiteral("SELECT r.rated_at, r.id, 0, r.item_id, 0, r.stars, p.profile_id, ") + grid.arg(QStringLiteral("r.item_id")) +
            QStringLiteral(" FROM ratings r JOIN rating_profiles p ON p.rating_id = r.id WHERE ? = 0 OR p.profile_id = ? UNION ALL "
                           "SELECT said_at, id, 1, item_id, 0, CASE answer WHEN 'picked' THEN 0 WHEN 'rejected' THEN 1 ELSE 2 END, profile_id, ") +
            grid.arg(QStringLiteral("item_id")) +
            QStringLiteral(
                " FROM picks WHERE ? = 0 OR profile_id = ? UNION ALL "
                "SELECT said_at, id, 2, left_item, right_item, CASE answer WHEN 'left' THEN 0 WHEN 'right' THEN 1 WHEN 'equal' THEN 2 ELSE 3 END, "
                "profile_id, ") +
            grid.arg(QStringLiteral("left_item")) + QStringLiteral(" FROM duels WHERE ? = 0 OR profile_id = ? ORDER BY 1, 3, 2"),
        {profile, profile, profile, profile, profile, profile});
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<SaidRow> said;
    while (rows->next()) {
        const auto number = [&](int column) { return rows->value(column).toLongLong(); };
        said.push_back(
            {number(0), number(1), static_cast<int>(number(2)), {number(3)}, {number(4)}, static_cast<int>(number(5)), number(6), number(7)});
    }
    return said;
}

/// What a later word replaces: that on the same picture, or on the same two whichever way round.
using SaidKey = std::tuple<int, ItemId, ItemId>;
SaidKey keyOf(const SaidRow& row) {
    const bool turned = row.kind == 2 && row.second < row.first;
    return {row.kind, turned ? row.second : row.first, turned ? row.first : row.second};
}

QString answerText(const SaidRow& row) {
    if (row.kind == 0) return QString::number(row.answer);
    return QLatin1String(row.kind == 1 ? pick_names[static_cast<std::size_t>(row.answer)] : duel_names[static_cast<std::size_t>(row.answer)]);
}

}  // namespace

Result<std::vector<TasteProfile>> SignalStore::profiles() const {
    auto rows = database_.execute(QStringLiteral("SELECT id, name, adapter_id, strength, second_adapter_id, second_strength FROM taste_profiles "
                                                 "ORDER BY id"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<TasteProfile> all;
    while (rows->next())
        all.push_back({{rows->value(0).toLongLong()},
                       rows->value(1).toString(),
                       rows->value(2).toString(),
                       rows->value(3).toDouble(),
                       rows->value(4).toString(),
                       rows->value(5).toDouble()});
    return all;
}

Result<TasteId> SignalStore::addProfile(const QString& name) {
    auto row = database_.execute(QStringLiteral("INSERT INTO taste_profiles (name, created_at) VALUES (?, ?)"), {name, now()});
    if (!row) return tl::unexpected<Error>(row.error());
    return TasteId{row->lastInsertId().toLongLong()};
}

Result<void> SignalStore::renameProfile(TasteId id, const QString& name) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE taste_profiles SET name = ? WHERE id = ?"), {name, id.value}));
}

Result<TasteId> SignalStore::activeProfile() const {
    auto rows = database_.execute(QStringLiteral("SELECT profile_id FROM taste_state"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    return TasteId{rows->next() ? rows->value(0).toLongLong() : 1};
}

Result<void> SignalStore::setActiveProfile(TasteId id) {
    auto row = database_.execute(QStringLiteral("UPDATE taste_state SET profile_id = ? WHERE EXISTS (SELECT 1 FROM taste_profiles WHERE id = ?)"),
                                 {id.value, id.value});
    if (!row) return tl::unexpected<Error>(row.error());
    if (row->numRowsAffected() == 1) return {};
    return failure(ErrorCode::invalid_request, "there is no taste " + std::to_string(id.value));
}

Result<void> SignalStore::setAdapter(TasteId id, const QString& adapter_id, double strength) {
    return withoutRows(
        database_.execute(QStringLiteral("UPDATE taste_profiles SET adapter_id = ?, strength = ? WHERE id = ?"), {adapter_id, strength, id.value}));
}

Result<void> SignalStore::setSecond(TasteId id, const QString& adapter_id, double strength) {
    // To the database a null text is no text at all.
    const QString second = adapter_id.isEmpty() ? QStringLiteral("") : adapter_id;
    return withoutRows(database_.execute(QStringLiteral("UPDATE taste_profiles SET second_adapter_id = ?, second_strength = ? WHERE id = ?"),
                                         {second, second.isEmpty() ? 1.0 : strength, id.value}));
}

Result<bool> SignalStore::trainsOnBattery() const {
    auto rows = database_.execute(QStringLiteral("SELECT train_on_battery FROM taste_state"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    return rows->next() && rows->value(0).toBool();
}

Result<void> SignalStore::setTrainsOnBattery(bool on) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE taste_state SET train_on_battery = ?"), {on ? 1 : 0}));
}

Result<qint64> SignalStore::startSession(const QString& kind) {
    auto row = database_.execute(QStringLiteral("INSERT INTO taste_sessions (profile_id, kind, started_at) SELECT profile_id, ?, ? FROM taste_state"),
                                 {kind, now()});
    if (!row) return tl::unexpected<Error>(row.error());
    return row->lastInsertId().toLongLong();
}

Result<void> SignalStore::pick(ItemId item, PickAnswer answer, qint64 session) {
    return withoutRows(database_.execute(
        QStringLiteral("INSERT INTO picks (profile_id, item_id, answer, session_id, said_at) SELECT profile_id, ?, ?, ?, ? FROM taste_state"),
        {item.value, QLatin1String(pick_names[static_cast<std::size_t>(answer)]), session, now()}));
}

Result<void> SignalStore::duel(ItemId left, ItemId right, DuelAnswer answer, qint64 session) {
    if (left == right) return failure(ErrorCode::invalid_request, "a picture cannot be compared with itself");
    return withoutRows(database_.execute(
        QStringLiteral(
            "INSERT INTO duels (profile_id, left_item, right_item, answer, session_id, said_at) SELECT profile_id, ?, ?, ?, ?, ? FROM taste_state"),
        {left.value, right.value, QLatin1String(duel_names[static_cast<std::size_t>(answer)]), session, now()}));
}

Result<void> SignalStore::markOwn(ItemId item) {
    return withoutRows(
        database_.execute(QStringLiteral("INSERT OR IGNORE INTO own_pictures (item_id, added_at) VALUES (?, ?)"), {item.value, now()}));
}

Result<bool> SignalStore::isOwn(ItemId item) const {
    auto rows = database_.execute(QStringLiteral("SELECT 1 FROM own_pictures WHERE item_id = ?"), {item.value});
    if (!rows) return tl::unexpected<Error>(rows.error());
    return rows->next();
}

Result<TasteSignals> SignalStore::signalsOf(TasteId profile) const {
    auto said = saidRows(database_, profile.value);
    if (!said) return tl::unexpected<Error>(said.error());
    // The last word on an item (and on a pair) stands; an earlier one is as if it had never been said.
    std::map<SaidKey, std::size_t> last;
    for (std::size_t i = 0; i < said->size(); ++i) {
        const auto& row = (*said)[i];
        // By number and not by time: a clock may be set back.
        const auto [place, added] = last.try_emplace(keyOf(row), i);
        if (!added && (*said)[place->second].id < row.id) place->second = i;
    }
    TasteSignals out;
    std::map<ItemId, int> numbers;
    const auto numberOf = [&](ItemId item) {
        const auto [place, added] = numbers.try_emplace(item, static_cast<int>(out.items.size()));
        if (added) out.items.push_back(item);
        return place->second;
    };
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (std::size_t i = 0; i < said->size(); ++i) {
        const auto& row = (*said)[i];
        const bool taken_back = (row.kind == 0 && row.answer == 0) || (row.kind == 1 && row.answer == 2) || (row.kind == 2 && row.answer == 3);
        if (last.at(keyOf(row)) != i || taken_back) continue;
        PreferenceSignal signal;
        signal.grid = static_cast<int>(row.grid);
        if (row.kind == 0) {
            signal.what = StarSignal{numberOf(row.first), row.answer};
            out.rating_ids.push_back(row.id);
        } else if (row.kind == 1) {
            signal.what = PickSignal{numberOf(row.first), row.answer == 0};
            out.pick_ids.push_back(row.id);
        } else {
            const int left = numberOf(row.first);
            signal.what = DuelSignal{left, numberOf(row.second),
                                     row.answer == 0       ? DuelOutcome::first
                                         : row.answer == 1 ? DuelOutcome::second
                                                           : DuelOutcome::equal};
            out.duel_ids.push_back(row.id);
        }
        out.signals.push_back(signal);
        hash.addData(
            QStringLiteral("%1 %2 %3 %4 %5\n").arg(row.kind).arg(row.id).arg(row.first.value).arg(row.second.value).arg(row.answer).toLatin1());
    }
    out.hash = hash.result().toHex();
    return out;
}

Result<void> SignalStore::putFeatures(ItemId item, const inference::PictureFeatures& features, const PixelStatistics& statistics) {
    std::array<float, num_pixel_statistics> numbers = {};
    std::transform(statistics.begin(), statistics.end(), numbers.begin(), [](double value) { return static_cast<float>(value); });
    return withoutRows(database_.execute(
        QStringLiteral("INSERT OR REPLACE INTO picture_features (item_id, version, states, judge, prompt, statistics) VALUES (?, ?, ?, ?, ?, ?)"),
        {item.value, QString::fromStdString(features.version), toBlob(features.image.data(), features.image.size()),
         toBlob(features.judge.data(), features.judge.size()), toBlob(features.prompt.data(), features.prompt.size()),
         toBlob(numbers.data(), numbers.size())}));
}

Result<std::map<ItemId, PictureTraits>> SignalStore::features(const std::string& version, const std::vector<ItemId>& items, bool judge) const {
    std::map<ItemId, PictureTraits> found;
    const QString sql = QStringLiteral("SELECT %1, prompt, statistics FROM picture_features WHERE item_id = ? AND version = ?")
                            .arg(judge ? QStringLiteral("judge") : QStringLiteral("states"));
    for (const ItemId item : items) {
        auto rows = database_.execute(sql, {item.value, QString::fromStdString(version)});
        if (!rows) return tl::unexpected<Error>(rows.error());
        if (!rows->next()) continue;
        auto states = fromBlob(rows->value(0).toByteArray());
        auto prompt = fromBlob(rows->value(1).toByteArray());
        auto statistics = fromBlob(rows->value(2).toByteArray());
        for (const auto* blob : {&states, &prompt, &statistics}) {
            if (!*blob) return tl::unexpected<Error>(blob->error());
        }
        if (statistics->size() != num_pixel_statistics) continue;  // of a program that measured other things: measured again
        PictureTraits traits{*std::move(states), *std::move(prompt), {}};
        std::copy(statistics->begin(), statistics->end(), traits.pixels.begin());
        found.emplace(item, std::move(traits));
    }
    return found;
}

Result<void> SignalStore::dropOtherFeatures(const std::string& version) {
    return withoutRows(database_.execute(QStringLiteral("DELETE FROM picture_features WHERE version <> ?"), {QString::fromStdString(version)}));
}

Result<QByteArray> SignalStore::exportJson() const {
    auto said = saidRows(database_, 0);
    if (!said) return tl::unexpected<Error>(said.error());
    QJsonArray rows;
    for (const auto& row : *said) {
        QJsonObject object{{QStringLiteral("kind"), QLatin1String(kind_names[static_cast<std::size_t>(row.kind)])},
                           {QStringLiteral("item"), row.first.value},
                           {QStringLiteral("answer"), answerText(row)},
                           {QStringLiteral("taste"), row.profile},
                           {QStringLiteral("said_at"), QDateTime::fromMSecsSinceEpoch(row.at, Qt::UTC).toString(Qt::ISODateWithMs)}};
        if (row.kind == 2) object.insert(QStringLiteral("other_item"), row.second.value);
        rows.append(object);
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("version"), 1}, {QStringLiteral("signals"), rows}}).toJson(QJsonDocument::Indented);
}

Result<QByteArray> SignalStore::exportCsv() const {
    auto said = saidRows(database_, 0);
    if (!said) return tl::unexpected<Error>(said.error());
    QByteArray out = "kind,item,other_item,answer,taste,said_at\r\n";
    for (const auto& row : *said) {
        out += QStringLiteral("%1,%2,%3,%4,%5,%6\r\n")
                   .arg(QLatin1String(kind_names[static_cast<std::size_t>(row.kind)]), QString::number(row.first.value),
                        row.kind == 2 ? QString::number(row.second.value) : QString(), answerText(row), QString::number(row.profile),
                        QDateTime::fromMSecsSinceEpoch(row.at, Qt::UTC).toString(Qt::ISODateWithMs))
                   .toUtf8();
    }
    return out;
}

Result<QStringList> SignalStore::forget(TasteId profile) {
    QStringList adapters;
    // The log's guard is part of the schema: it is taken off and put back inside the transaction, in its own words.
    auto guard = database_.execute(QStringLiteral("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'ratings_are_never_deleted'"));
    if (!guard) return tl::unexpected<Error>(guard.error());
    if (!guard->next()) return failure(ErrorCode::corrupt_file, "the database lacks the guard of its ratings");
    const QString guard_sql = guard->value(0).toString();
    guard->finish();
    auto files = database_.execute(QStringLiteral("SELECT id FROM adapters WHERE profile_id = ?"), {profile.value});
    if (!files) return tl::unexpected<Error>(files.error());
    while (files->next()) adapters.append(files->value(0).toString());
    files->finish();
    const std::pair<const char*, bool> statements[] = {
        {"DELETE FROM picture_features", false},
        {"DELETE FROM training_jobs WHERE profile_id = ?", true},
        {"DELETE FROM adapters WHERE profile_id = ?", true},
        {"DELETE FROM picks WHERE profile_id = ?", true},
        {"DELETE FROM duels WHERE profile_id = ?", true},
        {"DELETE FROM taste_sessions WHERE profile_id = ?", true},
        {"UPDATE items SET rating = 0 WHERE id IN (SELECT r.item_id FROM ratings r JOIN rating_profiles p ON p.rating_id = r.id WHERE p.profile_id = "
         "?)",
         true},
        {"DROP TRIGGER ratings_are_never_deleted", false},
        {"DELETE FROM ratings WHERE id IN (SELECT rating_id FROM rating_profiles WHERE profile_id = ?)", true},
        {"DELETE FROM rating_profiles WHERE profile_id = ?", true},
        {"UPDATE taste_profiles SET adapter_id = '', strength = 1 WHERE id = ?", true},
    };
    auto outcome = database_.transaction([&]() -> Result<void> {
        for (const auto& [sql, of_profile] : statements) {
            auto done = withoutRows(database_.execute(QLatin1String(sql), of_profile ? QVariantList{profile.value} : QVariantList{}));
            if (!done) return done;
        }
        return withoutRows(database_.execute(guard_sql));
    });
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    return adapters;
}

}  // namespace app
