// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/library/library.h"

#include <QList>

#include <vector>

namespace app {

class Database;

/// A picture to be listed.
struct LibraryRow {
    QString file;  ///< relative to the images folder
    inference::GenerationRequest request;
    QSize size;
    bool has_alpha = false;
    double elapsed_ms = 0.0;
    qint64 job_id = 0;
    QDateTime created_at;
};

/// The rows of `items`, `item_requests` and `ratings`. File names are relative to the images folder.
class LibraryTable final {
public:
    struct TrashedRow {
        ItemId id;
        QString file;
    };

    LibraryTable(Database& database, const QString& images_dir) : database_(database), images_dir_(images_dir) {}

    [[nodiscard]] inference::Result<std::vector<LibraryItem>> loadLive() const;  ///< newest first
    [[nodiscard]] inference::Result<std::vector<TrashedRow>> loadTrashed() const;
    [[nodiscard]] inference::Result<LibraryItem> loadOne(ItemId id) const;
    [[nodiscard]] inference::Result<inference::GenerationRequest> request(ItemId id) const;
    [[nodiscard]] inference::Result<std::vector<RatingRecord>> ratingHistory() const;

    [[nodiscard]] inference::Result<ItemId> insert(const LibraryRow& row);
    [[nodiscard]] inference::Result<void> rate(ItemId id, int stars,
                                               const QString& file);  ///< the row and the log, both or none
    [[nodiscard]] inference::Result<void> setTrashed(const std::vector<ItemId>& ids);
    [[nodiscard]] inference::Result<void> setLive(const std::vector<TrashedRow>& rows);  ///< under their file names
    [[nodiscard]] inference::Result<void> remove(const std::vector<ItemId>& ids);

private:
    Database& database_;
    QString images_dir_;
};

}  // namespace app
