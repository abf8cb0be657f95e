// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/gallery_model.h"

#include <QImage>
#include <QLocale>
#include <algorithm>
#include <utility>

#include "app/feedback/taste_service.h"
#include "app/library/library.h"
#include "app/library/thumbnail_loader.h"
#include "ui/gallery/day_text.h"
#include "ui/gallery/item_drag.h"
#include "ui/rating/pick_text.h"
#include "ui/rating/rating_text.h"

namespace ui {

GalleryModel::GalleryModel(app::Library& library, app::ThumbnailLoader& thumbnails, app::TasteService& taste, QObject* parent) :
    QAbstractListModel(parent), library_(library), thumbnails_(thumbnails), taste_(taste) {
    head_spoke_ = taste.knowledge().speaks;
    rebuild();
    knowledge_.setSingleShot(true);
    knowledge_.setInterval(0);
    connect(&knowledge_, &QTimer::timeout, this, &GalleryModel::onKnowledgeChanged);
    connect(&taste, &app::TasteService::knowledgeChanged, &knowledge_, qOverload<>(&QTimer::start));
    connect(&taste, &app::TasteService::picksChanged, this, &GalleryModel::onPicksChanged);
    connect(&library, &app::Library::itemAdded, this, &GalleryModel::insert);
    connect(&library, &app::Library::itemsRemoved, this, &GalleryModel::remove);
    connect(&library, &app::Library::itemsRestored, this, [this](const QList<app::ItemId>& ids) {
        for (const app::ItemId id : ids) insert(id);
    });
    connect(&library, &app::Library::ratingChanged, this, &GalleryModel::onTasteChanged);
    connect(&thumbnails, &app::ThumbnailLoader::ready, this, [this](app::ItemId id) { onThumbnail(id, false); });
    connect(&thumbnails, &app::ThumbnailLoader::failed, this, [this](app::ItemId id) { onThumbnail(id, true); });
}

void GalleryModel::rebuild() {
    rows_.clear();
    rows_.reserve(library_.items().size());
    for (const app::LibraryItem& item : library_.items()) {
        if (shows(item)) rows_.push_back(item.id);
    }
    takeStandings();
    if (filter_.order == GalleryOrder::best)
        std::stable_sort(rows_.begin(), rows_.end(), [this](app::ItemId a, app::ItemId b) { return comesBefore(a, b); });
}

PictureTaste GalleryModel::tasteOf(const app::LibraryItem& item) const {
    return {taste_.pickOf(item.id), item.rating == 0 ? taste_.opinion(item.id) : std::nullopt};
}

double GalleryModel::standing(app::ItemId id) const {
    const app::LibraryItem* item = library_.find(id);
    if (!item) return 0.0;
    if (item->rating > 0) return item->rating;
    const auto predicted = taste_.opinion(id);
    return predicted ? std::clamp(predicted->stars, 1.0, 5.0) : 0.0;
}

bool GalleryModel::comesBefore(app::ItemId a, app::ItemId b) const {
    if (filter_.order == GalleryOrder::best) {
        const double of_a = standings_.value(a), of_b = standings_.value(b);
        if (of_a != of_b) return of_a > of_b;
    }
    return library_.indexOf(a) < library_.indexOf(b);
}

void GalleryModel::takeStandings() {
    standings_.clear();
    if (filter_.order != GalleryOrder::best) return;
    for (const app::ItemId id : rows_) standings_.insert(id, standing(id));
}

void GalleryModel::sortAgain() {
    if (filter_.order != GalleryOrder::best) return;
    takeStandings();
    std::vector<app::ItemId> sorted = rows_;
    std::stable_sort(sorted.begin(), sorted.end(), [this](app::ItemId a, app::ItemId b) { return comesBefore(a, b); });
    if (sorted == rows_) return;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QHash<app::ItemId, int> places;
    places.reserve(static_cast<qsizetype>(sorted.size()));
    for (std::size_t row = 0; row < sorted.size(); ++row) places.insert(sorted[row], static_cast<int>(row));
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex& index : before) after.append(this->index(places.value(idAt(index.row()))));
    rows_ = std::move(sorted);
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
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
    case Qt::ToolTipRole: return tooltip(*item);
    case Qt::AccessibleTextRole: return spoken(*item);
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
    case pick_role: return static_cast<int>(taste_.pickOf(id));
    case predicted_role: {
        const auto predicted = tasteOf(*item).predicted;
        return predicted ? QVariant(shownStars(*predicted)) : QVariant();
    }
    case starts_day_role: {
        if (filter_.order != GalleryOrder::newest) return false;
        const app::LibraryItem* newer = itemAt(index.row() - 1);
        return !newer || localDay(newer->created_at) != localDay(item->created_at);
    }
    default: return {};
    }
}

QString GalleryModel::tooltip(const app::LibraryItem& item) const {
    const PictureTaste taste = tasteOf(item);
    QStringList lines{item.prompt.isEmpty() ? tr("Drawn without a prompt") : item.prompt};
    if (taste.predicted) lines.append(predictedText(*taste.predicted, QLocale()));
    if (taste.pick != app::PickAnswer::taken_back) lines.append(pickText(taste.pick));
    return lines.join(QLatin1Char('\n'));
}

QString GalleryModel::spoken(const app::LibraryItem& item) const {
    const PictureTaste taste = tasteOf(item);
    //: A picture for screen readers: its prompt, its rating
    QString text = tr("%1, %2").arg(item.prompt.isEmpty() ? tr("Drawn without a prompt") : item.prompt, ratingText(item.rating));
    //: A picture for screen readers: what was said before, and what else is known of it
    if (taste.predicted) text = tr("%1, %2").arg(text, predictedText(*taste.predicted, QLocale()));
    if (taste.pick != app::PickAnswer::taken_back) text = tr("%1, %2").arg(text, pickText(taste.pick));
    return text;
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
    const auto found = std::partition_point(rows_.begin(), rows_.end(), [&](app::ItemId other) { return comesBefore(other, id); });
    return static_cast<int>(found - rows_.begin());
}

void GalleryModel::insert(app::ItemId id) {
    const app::LibraryItem* item = library_.find(id);
    if (!item || !shows(*item) || rowOf(id) >= 0) return;
    missing_.remove(id);
    if (filter_.order == GalleryOrder::best) standings_.insert(id, standing(id));
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
        standings_.remove(id);
    }
}

void GalleryModel::onTasteChanged(app::ItemId id) {
    const app::LibraryItem* item = library_.find(id);
    const int row = rowOf(id);
    if (!item) return;
    if (!shows(*item)) {
        if (row >= 0) remove({id});
    } else if (row < 0) {
        insert(id);
    } else {
        Q_EMIT dataChanged(index(row), index(row), {rating_role, pick_role, predicted_role, Qt::AccessibleTextRole, Qt::ToolTipRole});
    }
}

void GalleryModel::onPicksChanged(const QList<app::ItemId>& ids) {
    if (!ids.isEmpty()) {
        for (const app::ItemId id : ids) onTasteChanged(id);
    } else if (filter_.only_picked) {
        beginResetModel();  // another taste, other picks
        rebuild();
        endResetModel();
    } else if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {pick_role, Qt::AccessibleTextRole, Qt::ToolTipRole});
    }
}

void GalleryModel::onKnowledgeChanged() {
    const bool speaks = taste_.knowledge().speaks;
    const bool spoke = std::exchange(head_spoke_, speaks);
    if (!speaks && !spoke) return;
    if (filter_.counts_predicted && filter_.minimum_stars > 0) {
        const QSet<app::ItemId> shown(rows_.begin(), rows_.end());
        QList<app::ItemId> gone;
        for (const app::LibraryItem& item : library_.items()) {
            const bool wanted = shows(item);
            if (wanted == shown.contains(item.id)) continue;
            if (wanted) insert(item.id);
            else gone.append(item.id);
        }
        remove(gone);
    }
    if (speaks != spoke) sortAgain();  // from here on there is something to order by, or no longer
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {predicted_role, Qt::AccessibleTextRole, Qt::ToolTipRole});
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
