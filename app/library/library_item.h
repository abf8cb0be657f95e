// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QMetaType>
#include <QSize>
#include <QString>

namespace app {

/// Row id in the library; unique for ever.
struct ItemId {
    qint64 value = 0;
    auto operator<=>(const ItemId&) const = default;
};

inline size_t qHash(ItemId id, size_t seed = 0) { return ::qHash(id.value, seed); }

/// What the gallery shows of a picture without opening anything. The whole request is read when asked for (Library::request).
struct LibraryItem {
    ItemId id;
    QString path;  ///< absolute path of the PNG
    QString prompt;
    QSize size;  ///< pixels
    bool has_alpha = false;
    int rating = 0;        ///< 0 to 5 stars; 0 is "not rated"
    QDateTime created_at;  ///< UTC

    bool operator==(const LibraryItem&) const = default;
};

}  // namespace app

Q_DECLARE_METATYPE(app::ItemId)
Q_DECLARE_METATYPE(app::LibraryItem)
