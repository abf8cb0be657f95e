// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/picture_sight.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QPointer>
#include <algorithm>
#include <set>
#include <utility>

#include "app/engine/engine_thread.h"
#include "app/feedback/feature_work.h"
#include "app/feedback/signal_store.h"
#include "app/library/library.h"

Q_LOGGING_CATEGORY(sightLog, "fuselight.taste.sight")

namespace app {
namespace {

constexpr std::size_t rows_a_turn = 16;  ///< a millisecond or two

void warn(const inference::Error& error) { qCWarning(sightLog) << QString::fromStdString(error.detail); }

}  // namespace

PictureSight::PictureSight(EngineThread& engine, Library& library, SignalStore& store, QObject* parent) :
    QObject(parent), engine_(engine), library_(library), store_(store) {
    turn_.setSingleShot(true);
    turn_.setInterval(0);
    connect(&turn_, &QTimer::timeout, this, &PictureSight::readSome);
    connect(&engine, &EngineThread::backgroundEnded, this, [this](BackgroundId id) {
        if (looking_ == id) onEnded();
    });
}

PictureSight::~PictureSight() {
    if (looking_) engine_.stopBackground(*looking_);
}

void PictureSight::forget() {
    version_.clear();
    asked_ = false;
    traits_.clear();
    to_read_.clear();
    unseen_.clear();
    reading_ = false;
    turn_.stop();
}

void PictureSight::look(std::vector<ItemId> judged) {
    judged_ = std::move(judged);
    if (!engine_.model()) return;
    if (looking_ || reading_) {
        look_again_ = true;
        return;
    }
    if (version_.empty()) return start({});  // before it is known nothing can be looked up: the first slice only asks for it
    std::vector<ItemId> pictures;
    std::set<ItemId> wanted;
    const auto want = [&](ItemId id) {
        if (!traits_.contains(id) && wanted.insert(id).second) pictures.push_back(id);
    };
    for (const ItemId id : judged_) want(id);
    std::size_t newest = 0;
    for (const LibraryItem& item : library_.items()) {
        if (++newest > most_unrated) break;
        want(item.id);
    }
    if (pictures.empty()) Q_EMIT done();
    else read(std::move(pictures));
}

bool PictureSight::isDone() const { return asked_ && !looking_ && !reading_ && !look_again_; }

void PictureSight::read(std::vector<ItemId> items) {
    to_read_ = std::move(items);
    next_to_read_ = 0;
    unseen_.clear();
    reading_ = true;
    turn_.start();
}

void PictureSight::readSome() {
    const auto from = to_read_.begin() + static_cast<std::ptrdiff_t>(next_to_read_);
    next_to_read_ = std::min(to_read_.size(), next_to_read_ + rows_a_turn);
    const std::vector<ItemId> items(from, to_read_.begin() + static_cast<std::ptrdiff_t>(next_to_read_));
    if (auto known = store_.features(version_, items)) {
        for (auto& [item, traits] : *known) traits_[item] = std::make_shared<const PictureTraits>(std::move(traits));
    } else {
        warn(known.error());
    }
    for (const ItemId item : items) {
        if (!traits_.contains(item)) unseen_.push_back(item);
    }
    if (next_to_read_ < to_read_.size()) return turn_.start();
    reading_ = false;
    lookAt(std::exchange(unseen_, {}));
    Q_EMIT seen();
    if (!looking_ && std::exchange(look_again_, false)) look(judged_);
    else if (isDone()) Q_EMIT done();
}

void PictureSight::lookAt(const std::vector<ItemId>& items) {
    std::vector<PictureToSee> pictures;
    for (const ItemId id : items) {
        const LibraryItem* item = library_.find(id);
        if (!item) continue;
        const auto request = library_.request(id);
        if (request) pictures.push_back({id, item->path, request->prompt, request->instruction});
    }
    if (!pictures.empty()) start(std::move(pictures));
}

void PictureSight::start(std::vector<PictureToSee> pictures) {
    FeatureWork::Reports reports;
    const QPointer<PictureSight> self(this);
    const auto post = [self](auto run) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, run = std::move(run)]() mutable {
                if (self) run(*self);
            },
            Qt::QueuedConnection);
    };
    reports.on_version = [post](std::string version) { post([version = std::move(version)](PictureSight& sight) { sight.adopt(version); }); };
    reports.on_seen = [post](std::vector<SeenPicture> seen) {
        post([seen = std::move(seen)](PictureSight& sight) mutable { sight.keep(std::move(seen)); });
    };
    looking_ = engine_.runInBackground(std::make_unique<FeatureWork>(std::move(pictures), std::move(reports)), BackgroundPriority::soon);
}

void PictureSight::adopt(const std::string& version) {
    asked_ = true;
    if (version.empty() || version == version_) return;
    version_ = version;
    look_again_ = true;  // now that it can be looked up
}

void PictureSight::keep(std::vector<SeenPicture> pictures) {
    for (SeenPicture& picture : pictures) {
        if (picture.features.version != version_) continue;
        if (auto stored = store_.putFeatures(picture.item, picture.features, picture.statistics); !stored) warn(stored.error());
        traits_[picture.item] = std::make_shared<const PictureTraits>(
            PictureTraits{std::move(picture.features.image), std::move(picture.features.prompt), picture.statistics});
    }
    Q_EMIT seen();
}

void PictureSight::onEnded() {
    looking_.reset();
    if (std::exchange(look_again_, false)) look(judged_);
    else if (isDone()) Q_EMIT done();
}

}  // namespace app
