// SPDX-License-Identifier: Apache-2.0
#include "app/library/library_table.h"

#include "app/library/database.h"
#include "inference/api/request_json.h"

#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::GenerationRequest;
using inference::Result;

constexpr auto live_columns = "SELECT id, file, prompt, width, height, has_alpha, rating, created_at FROM items ";

QDateTime fromStored(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); }

QString requestJson(const GenerationRequest& request) { return QString::fromStdString(inference::to_json(request)); }

LibraryItem readItem(const QSqlQuery& row, const QString& images_prefix) {
    LibraryItem item;
    item.id = {row.value(0).toLongLong()};
    item.path = images_prefix + row.value(1).toString();
    item.prompt = row.value(2).toString();
    item.size = {row.value(3).toInt(), row.value(4).toInt()};
    item.has_alpha = row.value(5).toBool();
    item.rating = row.value(6).toInt();
    item.created_at = fromStored(row.value(7).toLongLong());
    return item;
}

}  // namespace

Result<std::vector<LibraryItem>> LibraryTable::loadLive() const {
    auto rows = database_.execute(QLatin1String(live_columns) + QStringLiteral("WHERE trashed_at IS NULL ORDER BY created_at DESC, id DESC"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    const QString prefix = images_dir_ + QLatin1Char('/');
    std::vector<LibraryItem> items;
    while (rows->next()) items.push_back(readItem(*rows, prefix));
    return items;
}

Result<std::vector<LibraryTable::TrashedRow>> LibraryTable::loadTrashed() const {
    auto rows = database_.execute(QStringLiteral("SELECT id, file FROM items WHERE trashed_at IS NOT NULL ORDER BY id"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<TrashedRow> trashed;
    while (rows->next()) trashed.push_back({{rows->value(0).toLongLong()}, rows->value(1).toString()});
    return trashed;
}

Result<LibraryItem> LibraryTable::loadOne(ItemId id) const {
    auto rows = database_.execute(QLatin1String(live_columns) + QStringLiteral("WHERE id = ?"), {id.value});
    if (!rows) return tl::unexpected<Error>(rows.error());
    if (!rows->next()) return inference::failure(ErrorCode::internal, "the library has no item " + std::to_string(id.value));
    return readItem(*rows, images_dir_ + QLatin1Char('/'));
}

Result<GenerationRequest> LibraryTable::request(ItemId id) const {
    auto rows = database_.execute(QStringLiteral("SELECT request FROM item_requests WHERE item_id = ?"), {id.value});
    if (!rows) return tl::unexpected<Error>(rows.error());
    if (!rows->next()) return inference::failure(ErrorCode::internal, "the library has no item " + std::to_string(id.value));
    return inference::request_from_json(rows->value(0).toString().toStdString());
}

Result<std::vector<RatingRecord>> LibraryTable::ratingHistory() const {
    auto rows = database_.execute(QStringLiteral("SELECT item_id, stars, request, rated_at FROM ratings ORDER BY id"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<RatingRecord> history;
    while (rows->next()) {
        auto request = inference::request_from_json(rows->value(2).toString().toStdString());
        if (!request) return tl::unexpected<Error>(request.error());
        history.push_back({{rows->value(0).toLongLong()}, rows->value(1).toInt(), *std::move(request), fromStored(rows->value(3).toLongLong())});
    }
    return history;
}

Result<ItemId> LibraryTable::insert(const LibraryRow& row) {
    ItemId id;
    auto outcome = database_.transaction([&]() -> Result<void> {
        auto item = database_.execute(QStringLiteral("INSERT INTO items (file, prompt, width, height, has_alpha, created_at, elapsed_ms, job_id) "
                                                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
                                      {row.file, QString::fromStdString(row.request.prompt), row.size.width(), row.size.height(),
                                       row.has_alpha ? 1 : 0, row.created_at.toMSecsSinceEpoch(), row.elapsed_ms, row.job_id});
        if (!item) return tl::unexpected<Error>(item.error());
        id.value = item->lastInsertId().toLongLong();
        auto request =
            database_.execute(QStringLiteral("INSERT INTO item_requests (item_id, request) VALUES (?, ?)"), {id.value, requestJson(row.request)});
        if (!request) return tl::unexpected<Error>(request.error());
        return {};
    });
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    return id;
}

Result<void> LibraryTable::rate(ItemId id, int stars, const QString& file) {
    auto drawn = request(id);
    if (!drawn) return tl::unexpected<Error>(drawn.error());
    return database_.transaction([&]() -> Result<void> {
        auto row = database_.execute(QStringLiteral("UPDATE items SET rating = ? WHERE id = ?"), {stars, id.value});
        if (!row) return tl::unexpected<Error>(row.error());
        auto log = database_.execute(
            QStringLiteral("INSERT INTO ratings (item_id, stars, request, model_id, file, rated_at) VALUES (?, ?, ?, ?, ?, ?)"),
            {id.value, stars, requestJson(*drawn), QString::fromStdString(drawn->model_id), file, QDateTime::currentMSecsSinceEpoch()});
        if (!log) return tl::unexpected<Error>(log.error());
        return {};
    });
}

Result<void> LibraryTable::setTrashed(const std::vector<ItemId>& ids) {
    return database_.transaction([&]() -> Result<void> {
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        for (const ItemId id : ids) {
            auto row = database_.execute(QStringLiteral("UPDATE items SET trashed_at = ? WHERE id = ?"), {now, id.value});
            if (!row) return tl::unexpected<Error>(row.error());
        }
        return {};
    });
}

Result<void> LibraryTable::setLive(const std::vector<TrashedRow>& rows) {
    return database_.transaction([&]() -> Result<void> {
        for (const TrashedRow& row : rows) {
            auto done = database_.execute(QStringLiteral("UPDATE items SET trashed_at = NULL, file = ? WHERE id = ?"), {row.file, row.id.value});
            if (!done) return tl::unexpected<Error>(done.error());
        }
        return {};
    });
}

Result<void> LibraryTable::remove(const std::vector<ItemId>& ids) {
    return database_.transaction([&]() -> Result<void> {
        for (const ItemId id : ids) {
            auto row = database_.execute(QStringLiteral("DELETE FROM items WHERE id = ?"), {id.value});
            if (!row) return tl::unexpected<Error>(row.error());
        }
        return {};
    });
}

}  // namespace app
