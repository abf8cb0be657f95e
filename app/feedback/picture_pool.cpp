// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/picture_pool.h"

#include "app/feedback/feature_file.h"
#include "app/imaging/image_exporter.h"
#include "inference/api/request_json.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QHash>

#include <algorithm>
#include <utility>

namespace app {

using inference::GenerationRequest;
using inference::PixelBuffer;
using inference::Result;

namespace {

/// Everything that decides the pixels; how many are drawn together does not.
QString keyOf(GenerationRequest request) {
    request.batch_size = 1;
    const auto text = QByteArray::fromStdString(inference::to_json(request));
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(32));
}

bool goTogether(const GenerationRequest& first, GenerationRequest next, std::uint64_t distance) {
    if (next.seed != first.seed + distance) return false;
    next.seed = first.seed;
    return next == first;
}

}  // namespace

struct PicturePool::State {
    QString folder;
    QHash<QString, std::shared_ptr<const PixelBuffer>> known;
    QString pathOf(const QString& key) const { return folder + QLatin1Char('/') + key + QStringLiteral(".png"); }
    QString featuresOf(const QString& key) const { return folder + QLatin1Char('/') + key + QStringLiteral(".features"); }
};

PicturePool::PicturePool(QString folder) : state_(std::make_unique<State>()) { state_->folder = std::move(folder); }

PicturePool::~PicturePool() = default;

std::shared_ptr<const PixelBuffer> PicturePool::find(const GenerationRequest& request) {
    const QString key = keyOf(request);
    if (const auto known = state_->known.constFind(key); known != state_->known.constEnd()) return *known;
    const QString path = state_->pathOf(key);
    if (!QFile::exists(path)) return nullptr;
    auto pixels = readImage(path);
    // A damaged file is drawn again.
    if (!pixels) return nullptr;
    auto shared = std::make_shared<const PixelBuffer>(*std::move(pixels));
    state_->known.insert(key, shared);
    return shared;
}

QString PicturePool::path(const GenerationRequest& request) const { return state_->pathOf(keyOf(request)); }

Result<int> PicturePool::drawSome(inference::Engine& engine, const std::vector<GenerationRequest>& requests, int batch, const std::stop_token& stop) {
    std::vector<const GenerationRequest*> missing;
    for (const auto& request : requests) {
        if (!find(request)) missing.push_back(&request);
    }
    if (missing.empty()) return 0;
    if (!QDir().mkpath(state_->folder)) {
        return inference::failure(inference::ErrorCode::io, "the folder " + state_->folder.toStdString() + " cannot be made");
    }
    std::size_t together = 1;
    while (together < missing.size() && together < static_cast<std::size_t>(batch) && goTogether(*missing[0], *missing[together], together))
        ++together;
    GenerationRequest request = *missing[0];
    request.num_images = static_cast<int>(together);
    request.batch_size = request.num_images;
    inference::GenerationCallbacks callbacks;
    callbacks.preview_interval_ms = 0.0;
    Result<void> written;
    ExportOptions options;
    options.durability = Durability::recomputable;
    callbacks.on_image = [&](inference::RenderedImage image) {
        const GenerationRequest& asked = *missing[static_cast<std::size_t>(image.index)];
        const QString key = keyOf(asked);
        if (auto stored = writeImage(state_->pathOf(key), image.pixels, image.request, options); !stored) written = stored;
        state_->known.insert(key, std::make_shared<const PixelBuffer>(std::move(image.pixels)));
    };
    if (auto drawn = engine.generate(request, callbacks, stop); !drawn) return tl::unexpected<inference::Error>(drawn.error());
    if (!written) return tl::unexpected<inference::Error>(written.error());
    return static_cast<int>(missing.size() - together);
}

Result<std::vector<inference::PictureFeatures>> PicturePool::see(inference::LearningEngine& learning, const std::vector<GenerationRequest>& requests,
                                                                 const std::stop_token& stop) {
    std::vector<inference::PictureFeatures> all;
    for (const auto& request : requests) {
        auto known = readFeatures(state_->featuresOf(keyOf(request)), learning.feature_version());
        if (!known) break;
        all.push_back(*std::move(known));
    }
    if (all.size() == requests.size()) return all;
    // All of them, though some may be known: the last bits of a picture's features depend on what is looked at together, and a run that was killed
    // between two files must go on to the same end.
    std::vector<inference::PictureQuery> queries;
    for (const auto& request : requests) {
        const auto pixels = find(request);
        if (!pixels) return inference::failure(inference::ErrorCode::io, "a picture that was drawn for learning has vanished from its folder");
        queries.push_back({*pixels, request.prompt, request.instruction});
    }
    auto seen = learning.features(queries, stop);
    if (!seen) return tl::unexpected<inference::Error>(seen.error());
    all = *std::move(seen);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (auto kept = writeFeatures(state_->featuresOf(keyOf(requests[i])), all[i]); !kept) return tl::unexpected<inference::Error>(kept.error());
    }
    return all;
}

}  // namespace app
