// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QSet>
#include <vector>

#include "app/library/library_item.h"
#include "ui/gallery/gallery_filter.h"

namespace app {
class Library;
class ThumbnailLoader;
}  // namespace app

namespace ui {

/// The library's pictures as rows, newest first. Pictures that come, go and return insert and remove their own rows only.
class GalleryModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        id_role = Qt::UserRole,  ///< app::ItemId
        rating_role,             ///< int
        alpha_role,              ///< bool
        missing_role,            ///< bool: the file is gone or broken
        day_role,                ///< QDate, local
        starts_day_role,         ///< bool: the first row of its day
    };

    GalleryModel(app::Library& library, app::ThumbnailLoader& thumbnails, QObject* parent = nullptr);

    void setFilter(const GalleryFilter& filter);
    const GalleryFilter& filter() const { return filter_; }

    /// Wishes for thumbnails outside these rows are taken back.
    void setVisibleRows(int first, int last);

    app::ItemId idAt(int row) const;
    const app::LibraryItem* itemAt(int row) const;
    int rowOf(app::ItemId id) const;  ///< -1 when absent
    QModelIndex indexOf(app::ItemId id) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

private:
    void rebuild();
    void insert(app::ItemId id);
    void remove(const QList<app::ItemId>& ids);
    void onRatingChanged(app::ItemId id);
    void onThumbnail(app::ItemId id, bool missing);
    int insertionRow(app::ItemId id) const;
    void touchRow(int row);

    app::Library& library_;
    app::ThumbnailLoader& thumbnails_;
    GalleryFilter filter_;
    std::vector<app::ItemId> rows_;
    QSet<app::ItemId> missing_;
    mutable QSet<app::ItemId> wanted_;  ///< thumbnails that were asked for and have not come
};

}  // namespace ui
