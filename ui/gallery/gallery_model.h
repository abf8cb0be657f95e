// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <QTimer>
#include <vector>

#include "app/library/library_item.h"
#include "ui/gallery/gallery_filter.h"

namespace app {
class Library;
class TasteService;
class ThumbnailLoader;
}  // namespace app

namespace ui {

/// The library's pictures as rows, newest first or best first. Pictures that come, go and return insert and remove their own rows only, and
/// what is learned of them changes rows, never the model. The order of the best is that of the moment when it was asked for: a picture
/// that is rated stays where the hand is.
class GalleryModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        id_role = Qt::UserRole,  ///< app::ItemId
        rating_role,             ///< int
        alpha_role,              ///< bool
        missing_role,            ///< bool: the file is gone or broken
        day_role,                ///< QDate, local
        starts_day_role,         ///< bool: the first row of its day; never where the order is another one than that of time
        pick_role,               ///< app::PickAnswer as int
        predicted_role,          ///< double, stars as they are written; invalid where nothing is predicted
    };

    GalleryModel(app::Library& library, app::ThumbnailLoader& thumbnails, app::TasteService& taste, QObject* parent = nullptr);

    void setFilter(const GalleryFilter& filter);
    const GalleryFilter& filter() const { return filter_; }
    void sortAgain();  ///< by what is known now; selection and current row stay with their pictures

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
    void onTasteChanged(app::ItemId id);
    void onPicksChanged(const QList<app::ItemId>& ids);
    void onKnowledgeChanged();
    PictureTaste tasteOf(const app::LibraryItem& item) const;
    bool shows(const app::LibraryItem& item) const { return filter_.matches(item, tasteOf(item)); }
    QString tooltip(const app::LibraryItem& item) const;
    QString spoken(const app::LibraryItem& item) const;
    double standing(app::ItemId id) const;
    bool comesBefore(app::ItemId a, app::ItemId b) const;
    void takeStandings();
    void onThumbnail(app::ItemId id, bool missing);
    int insertionRow(app::ItemId id) const;
    void touchRow(int row);

    app::Library& library_;
    app::ThumbnailLoader& thumbnails_;
    app::TasteService& taste_;
    GalleryFilter filter_;
    std::vector<app::ItemId> rows_;
    QHash<app::ItemId, double> standings_;  ///< while the best come first: by what rows_ is ordered
    bool head_spoke_ = false;
    QTimer knowledge_;  ///< one look at all rows, however many answers came at once
    QSet<app::ItemId> missing_;
    mutable QSet<app::ItemId> wanted_;  ///< thumbnails that were asked for and have not come
};

}  // namespace ui
