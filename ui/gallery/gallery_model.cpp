// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/gallery_model.h"

#include <QImage>
#include <algorithm>

#include "app/library/library.h"
#include "app/library/thumbnail_loader.h"
#include "ui/gallery/day_text.h"
#include "ui/gallery/item_drag.h"
#include "ui/rating/rating_text.h"

namespace ui {

GalleryModel::GalleryModel(app::Library& library, app::ThumbnailLoader& thumbnails, QObject* parent) :
    QAbstractListModel(parent), library_(library), thumbnails_(thumbnails) {
    rebuild();
    connect(&library, &app::Library::itemAdded, this, &GalleryModel::insert);
    connect(&library, &app::Library::itemsRemoved, this, &GalleryModel::remove);
    connect(&library, &app::Library::itemsRestored, this, [this](const QList<app::ItemId>& ids) {
        for (const app::ItemId id : ids) insert(id);
    });
    connect(&library, &app::Library::ratingChanged, this, &GalleryModel::onRatingChanged);
    connect(&thumbnails, &app::ThumbnailLoader::ready, this, [this](app::ItemId id) { onThumbnail(id, false); });
    connect(&thumbnails, &app::ThumbnailLoader::failed, this, [this](app::ItemId id) { onThumbnail(id, true); });
}

void GalleryModel::rebuild() {
    rows_.clear();
    rows_.reserve(library_.items().size());
    for (const app::LibraryItem& item : library_.items()) {
        if (filter_.matches(item)) rows_.push_back(item.id);
    }
}

void GalleryModel::setFilter(const GalleryFilter& filter) {
    if (filter == filter_) return;
    beginResetModel();
    filter_ = filter;
    rebuild();
    endResetModel();
}

void GalleryModel::setVisibleRows(int first, int last) {
    if (wanted_.isEmpty()) return;
    QSet<app::ItemId> visible;
    for (int row = std::max(first, 0); row <= last && row < rowCount(); ++row) visible.insert(idAt(row));
    wanted_.removeIf([&](app::ItemId id) {
        if (visible.contains(id)) return false;
        thumbnails_.drop(id);
        return true;
    });
}

app::ItemId GalleryModel::idAt(int row) const { return rows_.at(static_cast<size_t>(row)); }

const app::LibraryItem* GalleryModel::itemAt(int row) const { return row >= 0 && row < rowCount() ? library_.find(idAt(row)) : nullptr; }

int GalleryModel::rowOf(app::ItemId id) const {
    const auto found = std::find(rows_.begin(), rows_.end(), id);
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

QModelIndex GalleryModel::indexOf(app::ItemId id) const {
    const int row = rowOf(id);
    return row < 0 ? QModelIndex() : index(row);
}

int GalleryModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

QVariant GalleryModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const app::ItemId id = idAt(index.row());
    if (role == id_role) return QVariant::fromValue(id);
    const app::LibraryItem* item = library_.find(id);
    if (!item) return {};  // on its way out: the library has dropped it, the row follows
    switch (role) {
    case Qt::DisplayRole: return item->prompt;
    case Qt::ToolTipRole: return item->prompt.isEmpty() ? tr("Drawn without a prompt") : item->prompt;
    case Qt::AccessibleTextRole:
        //: A picture for screen readers: its prompt, its rating
        return tr("%1, %2").arg(item->prompt.isEmpty() ? tr("Drawn without a prompt") : item->prompt, ratingText(item->rating));
    case Qt::DecorationRole: {
        if (missing_.contains(id)) return QImage();  // asking again would fail again, and repaint, for ever
        const QImage image = thumbnails_.thumbnail(*item);
        if (image.isNull()) wanted_.insert(id);
        return image;
    }
    case rating_role: return item->rating;
    case alpha_role: return item->has_alpha;
    case missing_role: return missing_.contains(id);
    case day_role: return localDay(item->created_at);
    case starts_day_role: {
        const app::LibraryItem* newer = itemAt(index.row() - 1);
        return !newer || localDay(newer->created_at) != localDay(item->created_at);
    }
    default: return {};
    }
}

Qt::ItemFlags GalleryModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren;
}

QStringList GalleryModel::mimeTypes() const { return {QStringLiteral("text/uri-list")}; }

QMimeData* GalleryModel::mimeData(const QModelIndexList& indexes) const {
    QStringList files;
    for (const QModelIndex& entry : indexes) {
        if (const app::LibraryItem* item = itemAt(entry.row())) files.append(item->path);
    }
    if (files.isEmpty()) return nullptr;
    QImage picture;
    if (files.size() == 1) {
        // A picture that fits into a thumbnail is one; a larger one is not decoded for a drag, its file says it all.
        const app::LibraryItem* item = library_.findFile(files.constFirst());
        const QImage thumbnail = item ? thumbnails_.thumbnail(*item) : QImage();
        if (item && thumbnail.size() == item->size) picture = thumbnail;
    }
    return pictureMimeData(files, picture);
}

int GalleryModel::insertionRow(app::ItemId id) const {
    const int place = library_.indexOf(id);
    const auto found = std::partition_point(rows_.begin(), rows_.end(), [&](app::ItemId other) { return library_.indexOf(other) < place; });
    return static_cast<int>(found - rows_.begin());
}

void GalleryModel::insert(app::ItemId id) {
    const app::LibraryItem* item = library_.find(id);
    if (!item || !filter_.matches(*item) || rowOf(id) >= 0) return;
    missing_.remove(id);
    const int row = insertionRow(id);
    beginInsertRows({}, row, row);
    rows_.insert(rows_.begin() + row, id);
    endInsertRows();
    touchRow(row + 1);  // it may no longer be the first of its day
}

void GalleryModel::remove(const QList<app::ItemId>& ids) {
    const QSet<app::ItemId> gone(ids.begin(), ids.end());
    // From the back, one signal for each run of neighbours.
    int last = rowCount() - 1;
    while (last >= 0) {
        if (!gone.contains(idAt(last))) {
            --last;
            continue;
        }
        int first = last;
        while (first > 0 && gone.contains(idAt(first - 1))) --first;
        beginRemoveRows({}, first, last);
        rows_.erase(rows_.begin() + first, rows_.begin() + last + 1);
        endRemoveRows();
        touchRow(first);
        last = first - 1;
    }
    for (const app::ItemId id : ids) {
        missing_.remove(id);
        wanted_.remove(id);
    }
}

void GalleryModel::onRatingChanged(app::ItemId id) {
    const app::LibraryItem* item = library_.find(id);
    const int row = rowOf(id);
    if (!item) return;
    if (!filter_.matches(*item)) {
        if (row >= 0) remove({id});
    } else if (row < 0) {
        insert(id);
    } else {
        Q_EMIT dataChanged(index(row), index(row), {rating_role, Qt::AccessibleTextRole});
    }
}

void GalleryModel::onThumbnail(app::ItemId id, bool missing) {
    wanted_.remove(id);
    if (missing) {
        missing_.insert(id);
    } else {
        missing_.remove(id);
    }
    const int row = rowOf(id);
    if (row >= 0) Q_EMIT dataChanged(index(row), index(row), {Qt::DecorationRole, missing_role});
}

void GalleryModel::touchRow(int row) {
    if (row < rowCount()) Q_EMIT dataChanged(index(row), index(row), {starts_day_role});
}

}  // namespace ui
