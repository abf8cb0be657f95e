// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "app/library/library_item.h"
#include "inference/api/engine.h"

namespace app {

class Database;
struct LibraryRow;
struct ProfilePaths;

/// One rating as later stages learn from it: append-only, self-contained.
struct RatingRecord {
    ItemId item;
    int stars = 0;                         ///< 0 takes an earlier rating back
    inference::GenerationRequest request;  ///< as it was drawn, with model_id
    QDateTime rated_at;                    ///< UTC
};

/// The pictures: files in ProfilePaths::images_dir and rows in the database, newest first. Lives on the GUI thread; every
/// change is committed before its signal is sent, so nothing that a window has shown is lost by a crash.
class Library final : public QObject {
    Q_OBJECT
public:
    Library(Database& database, const ProfilePaths& paths, QObject* parent = nullptr);
    ~Library() override;

    /// Reads the rows (10,000 in well under a second) without touching the picture files.
    inference::Result<void> load();

    const std::vector<LibraryItem>& items() const;  ///< not in the trash, newest first
    const LibraryItem* find(ItemId id) const;
    int indexOf(ItemId id) const;                            ///< in items(), -1 when absent
    const LibraryItem* findFile(const QString& path) const;  ///< the item of a file inside images_dir
    [[nodiscard]] inference::Result<inference::GenerationRequest> request(ItemId id) const;
    [[nodiscard]] inference::Result<std::vector<RatingRecord>> ratingHistory() const;

    /// Adds a picture whose file is complete on disk inside images_dir.
    [[nodiscard]] inference::Result<ItemId> add(const QString& path, const inference::GenerationRequest& request, QSize size, bool has_alpha,
                                                double elapsed_ms, qint64 job_id);

    [[nodiscard]] inference::Result<void> setRating(ItemId id, int stars);
    [[nodiscard]] inference::Result<void> moveToTrash(const QList<ItemId>& ids);
    [[nodiscard]] inference::Result<void> restoreFromTrash(const QList<ItemId>& ids);
    int trashCount() const;
    [[nodiscard]] inference::Result<int> emptyTrash();  ///< hands the files to the desktop's trash; returns how many

Q_SIGNALS:
    void itemAdded(app::ItemId id);
    void itemsRemoved(QList<app::ItemId> ids);  ///< to the trash
    void itemsRestored(QList<app::ItemId> ids);
    void ratingChanged(app::ItemId id, int stars);
    void recovered();  ///< what an earlier run left half done has been put right; orphaned pictures were added by now

private:
    struct State;
    [[nodiscard]] inference::Result<ItemId> addRow(const LibraryRow& row);
    void startRecovery();
    void finishMove(ItemId id, const QString& file);
    void adopt(const LibraryRow& row);
    std::unique_ptr<State> state_;
};

}  // namespace app
