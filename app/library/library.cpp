// SPDX-License-Identifier: Apache-2.0
#include "app/library/library.h"

#include "app/library/database.h"
#include "app/library/library_recovery.h"
#include "app/library/library_table.h"
#include "app/paths/profile_paths.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QLoggingCategory>
#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <utility>

Q_LOGGING_CATEGORY(libraryLog, "fuselight.library")

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

struct Library::State {
    State(Database& database, const ProfilePaths& paths) :
        table(database, paths.images_dir), images_dir(paths.images_dir), trash_dir(paths.trash_dir) {}

    QString livePath(const QString& file) const { return images_dir + QLatin1Char('/') + file; }
    QString trashPath(const LibraryTable::TrashedRow& row) const { return trash_dir + QLatin1Char('/') + trashFileName(row.id, row.file); }
    QString relative(const QString& path) const { return path.mid(images_dir.size() + 1); }

    /// Newest first; the id decides between pictures of the same millisecond.
    static bool isNewer(const LibraryItem& a, const LibraryItem& b) {
        return a.created_at != b.created_at ? a.created_at > b.created_at : a.id > b.id;
    }
    void insert(LibraryItem item) {
        created.insert(item.id, item.created_at);
        by_file.insert(relative(item.path), item.id);
        items.insert(std::lower_bound(items.begin(), items.end(), item, isNewer), std::move(item));
    }
    void erase(const QList<ItemId>& ids) {
        for (const ItemId id : ids) {
            const int index = indexOf(id);
            by_file.remove(relative(items[static_cast<std::size_t>(index)].path));
            items.erase(items.begin() + index);
            created.remove(id);
        }
    }
    int indexOf(ItemId id) const {
        const auto found = created.constFind(id);
        if (found == created.constEnd()) return -1;
        LibraryItem probe;
        probe.id = id;
        probe.created_at = *found;
        const auto place = std::lower_bound(items.begin(), items.end(), probe, isNewer);
        return place != items.end() && place->id == id ? static_cast<int>(place - items.begin()) : -1;
    }

    LibraryTable table;
    QString images_dir;
    QString trash_dir;
    std::vector<LibraryItem> items;
    QHash<ItemId, QDateTime> created;  ///< of every item in `items`: finds its place by bisection
    QHash<QString, ItemId> by_file;
    std::vector<LibraryTable::TrashedRow> trashed;
    std::atomic<bool> stop{false};
    QThreadPool pool;
};

namespace {

/// Moves every file or none; a file that is missing already has nothing to move. The sentence of the first failure, if
/// any.
std::optional<QString> moveAll(const std::vector<std::pair<QString, QString>>& moves) {
    for (std::size_t done = 0; done < moves.size(); ++done) {
        QFile file(moves[done].first);
        if (!file.exists() || file.rename(moves[done].second)) continue;
        const QString sentence = moves[done].first + QStringLiteral(": ") + file.errorString();
        while (done-- > 0) QFile::rename(moves[done].second, moves[done].first);
        return sentence;
    }
    return std::nullopt;
}

tl::unexpected<Error> ioFailure(const QString& sentence) { return inference::failure(ErrorCode::io, sentence.toStdString()); }

}  // namespace

Library::Library(Database& database, const ProfilePaths& paths, QObject* parent) : QObject(parent), state_(std::make_unique<State>(database, paths)) {
    qRegisterMetaType<ItemId>();
    qRegisterMetaType<QList<ItemId>>();
    state_->pool.setMaxThreadCount(1);
    state_->pool.setThreadPriority(QThread::LowPriority);
}

Library::~Library() {
    state_->stop = true;
    state_->pool.waitForDone();
}

Result<void> Library::load() {
    auto items = state_->table.loadLive();
    if (!items) return tl::unexpected<Error>(items.error());
    auto trashed = state_->table.loadTrashed();
    if (!trashed) return tl::unexpected<Error>(trashed.error());
    state_->items = *std::move(items);
    state_->trashed = *std::move(trashed);
    state_->created.clear();
    state_->created.reserve(static_cast<qsizetype>(state_->items.size()));
    state_->by_file.clear();
    state_->by_file.reserve(static_cast<qsizetype>(state_->items.size()));
    for (const LibraryItem& item : state_->items) {
        state_->created.insert(item.id, item.created_at);
        state_->by_file.insert(state_->relative(item.path), item.id);
    }
    startRecovery();
    return {};
}

void Library::startRecovery() {
    RecoveryTask task;
    task.images_dir = state_->images_dir;
    task.started_at = QDateTime::currentDateTimeUtc();
    for (const auto& row : state_->trashed) task.trashed.push_back({row.id, row.file});
    for (auto file = state_->by_file.keyBegin(); file != state_->by_file.keyEnd(); ++file) task.live_files.insert(*file);
    state_->pool.start([this, task = std::move(task)] {
        const auto post = [this](auto report) { QMetaObject::invokeMethod(this, std::move(report), Qt::QueuedConnection); };
        task.run(
            state_->stop, [&](const RecoveryTask::Trashed& row) { post([this, row] { finishMove(row.id, row.file); }); },
            [&](const RecoveryTask::Orphan& orphan) {
                post([this, row = LibraryRow{orphan.file, orphan.request, orphan.size, orphan.has_alpha, 0.0, 0, orphan.created_at}] { adopt(row); });
            });
        QMetaObject::invokeMethod(this, &Library::recovered, Qt::QueuedConnection);
    });
}

/// A move that was decided (the row says "trash") and not made, unless the user has taken it back meanwhile.
void Library::finishMove(ItemId id, const QString& file) {
    const auto row = std::find_if(state_->trashed.begin(), state_->trashed.end(), [id](const auto& r) { return r.id == id; });
    if (row == state_->trashed.end() || state_->by_file.contains(file)) return;
    const QString target = state_->trashPath(*row);
    if (!QFile::exists(target) && QFile::rename(state_->livePath(file), target)) {
        qCInfo(libraryLog) << "moved to the trash after all:" << file;
    }
}

/// A picture of ours without a row, unless it has got one meanwhile.
void Library::adopt(const LibraryRow& row) {
    if (state_->by_file.contains(row.file)) return;
    if (const auto added = addRow(row); !added) qCWarning(libraryLog) << QString::fromStdString(added.error().detail);
}

const std::vector<LibraryItem>& Library::items() const { return state_->items; }

const LibraryItem* Library::find(ItemId id) const {
    const int index = indexOf(id);
    return index < 0 ? nullptr : &state_->items[static_cast<std::size_t>(index)];
}

const LibraryItem* Library::findFile(const QString& path) const {
    if (!path.startsWith(state_->images_dir + QLatin1Char('/'))) return nullptr;
    const auto found = state_->by_file.constFind(state_->relative(path));
    return found == state_->by_file.constEnd() ? nullptr : find(*found);
}

int Library::indexOf(ItemId id) const { return state_->indexOf(id); }

Result<inference::GenerationRequest> Library::request(ItemId id) const { return state_->table.request(id); }

Result<std::vector<RatingRecord>> Library::ratingHistory() const { return state_->table.ratingHistory(); }

Result<ItemId> Library::add(const QString& path, const inference::GenerationRequest& request, QSize size, bool has_alpha, double elapsed_ms,
                            qint64 job_id) {
    const QString clean = QDir::cleanPath(path);
    if (!clean.startsWith(state_->images_dir + QLatin1Char('/'))) {
        return inference::failure(ErrorCode::invalid_request,
                                  path.toStdString() + " is not inside the images folder " + state_->images_dir.toStdString());
    }
    const QString file = state_->relative(clean);
    if (const auto known = state_->by_file.constFind(file); known != state_->by_file.constEnd()) return *known;
    return addRow({file, request, size, has_alpha, elapsed_ms, job_id, QDateTime::currentDateTimeUtc()});
}

Result<ItemId> Library::addRow(const LibraryRow& row) {
    auto id = state_->table.insert(row);
    if (!id) return id;
    LibraryItem item;
    item.id = *id;
    item.path = state_->livePath(row.file);
    item.prompt = QString::fromStdString(row.request.prompt);
    item.size = row.size;
    item.has_alpha = row.has_alpha;
    item.created_at = row.created_at;
    state_->insert(std::move(item));
    Q_EMIT itemAdded(*id);
    return id;
}

Result<void> Library::setRating(ItemId id, int stars) {
    const int index = indexOf(id);
    if (index < 0 || stars < 0 || stars > 5) {
        return inference::failure(ErrorCode::invalid_request,
                                  "no item " + std::to_string(id.value) + " or not 0 to 5 stars: " + std::to_string(stars));
    }
    LibraryItem& item = state_->items[static_cast<std::size_t>(index)];
    if (item.rating == stars) return {};
    if (auto stored = state_->table.rate(id, stars, state_->relative(item.path)); !stored) return stored;
    item.rating = stars;
    Q_EMIT ratingChanged(id, stars);
    return {};
}

// The row decides and the file follows: a crash between the two is put right at the next start (RecoveryTask).
Result<void> Library::moveToTrash(const QList<ItemId>& ids) {
    std::vector<ItemId> known;
    std::vector<LibraryTable::TrashedRow> rows;
    std::vector<std::pair<QString, QString>> moves;
    for (const ItemId id : ids) {
        const LibraryItem* item = find(id);
        if (item == nullptr || std::find(known.begin(), known.end(), id) != known.end()) continue;
        known.push_back(id);
        rows.push_back({id, state_->relative(item->path)});
        moves.emplace_back(item->path, state_->trashPath(rows.back()));
    }
    if (known.empty()) return {};
    if (!QDir().mkpath(state_->trash_dir)) return ioFailure(QStringLiteral("cannot make the folder ") + state_->trash_dir);
    if (auto stored = state_->table.setTrashed(known); !stored) return stored;
    if (const auto failure = moveAll(moves)) {
        if (auto undone = state_->table.setLive(rows); !undone) return undone;
        return ioFailure(*failure);
    }
    const QList<ItemId> removed(known.begin(), known.end());
    state_->erase(removed);
    state_->trashed.insert(state_->trashed.end(), rows.begin(), rows.end());
    Q_EMIT itemsRemoved(removed);
    return {};
}

// The file first: until the row follows, a crash only sends it back to the trash.
Result<void> Library::restoreFromTrash(const QList<ItemId>& ids) {
    std::vector<LibraryTable::TrashedRow> rows;
    std::vector<std::pair<QString, QString>> moves;
    for (const ItemId id : ids) {
        const auto row = std::find_if(state_->trashed.begin(), state_->trashed.end(), [id](const auto& r) { return r.id == id; });
        if (row == state_->trashed.end()) continue;
        LibraryTable::TrashedRow live = *row;
        // Another picture may have taken the name meanwhile; without a file in the trash, the one that is there is its
        // own.
        const bool taken = QFile::exists(state_->livePath(live.file)) && QFile::exists(state_->trashPath(*row));
        if (taken || state_->by_file.contains(live.file)) {
            live.file = QString::number(id.value) + QLatin1Char('-') + live.file;
        }
        moves.emplace_back(state_->trashPath(*row), state_->livePath(live.file));
        rows.push_back(std::move(live));
    }
    if (rows.empty()) return {};
    if (const auto failure = moveAll(moves)) return ioFailure(*failure);
    if (auto stored = state_->table.setLive(rows); !stored) {
        for (const auto& [from, to] : moves) QFile::rename(to, from);
        return stored;
    }
    QList<ItemId> restored;
    for (const auto& row : rows) {
        std::erase_if(state_->trashed, [&](const auto& other) { return other.id == row.id; });
        auto item = state_->table.loadOne(row.id);
        if (!item) return tl::unexpected<Error>(item.error());
        state_->insert(*std::move(item));
        restored.append(row.id);
    }
    Q_EMIT itemsRestored(restored);
    return {};
}

int Library::trashCount() const { return static_cast<int>(state_->trashed.size()); }

// The file first: until its row is gone, a crash only leaves a row whose file is missing in the trash.
Result<int> Library::emptyTrash() {
    std::vector<ItemId> gone;
    QString refused;
    for (const auto& row : state_->trashed) {
        QFile file(state_->trashPath(row));
        // Without a desktop's trash on this file system the picture stays in ours.
        if (!file.exists() || file.moveToTrash()) {
            gone.push_back(row.id);
        } else if (refused.isEmpty()) {
            refused = file.fileName() + QStringLiteral(": ") + file.errorString();
        }
    }
    if (auto stored = state_->table.remove(gone); !stored) return tl::unexpected<Error>(stored.error());
    std::erase_if(state_->trashed, [&](const auto& row) { return std::find(gone.begin(), gone.end(), row.id) != gone.end(); });
    if (gone.empty() && !refused.isEmpty()) return ioFailure(refused);
    return static_cast<int>(gone.size());
}

}  // namespace app
