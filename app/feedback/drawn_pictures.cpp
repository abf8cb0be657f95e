// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/drawn_pictures.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <utility>

#include "app/imaging/image_exporter.h"
#include "inference/api/request_json.h"

namespace app {

DrawnPictures::DrawnPictures(QString folder, inference::GenerationRequest how) : folder_(std::move(folder)), how_(std::move(how)) {
    how_.num_images = 1;
    how_.batch_size = 1;
    how_.initial_latents_path.clear();
    how_.model_id.clear();
}

inference::GenerationRequest DrawnPictures::request(const inference::ModelInfo& model, const Wish& wish) const {
    inference::GenerationRequest request = how_;
    request.prompt = wish.prompt;
    request.seed = wish.seed;
    request.adapters.clear();
    if (wish.adapter) request.adapters.push_back(*wish.adapter);
    return inference::with_defaults(std::move(request), model);
}

QString DrawnPictures::path(const inference::ModelInfo& model, const Wish& wish) const {
    const QByteArray name = QCryptographicHash::hash(QByteArray::fromStdString(inference::to_json(request(model, wish))), QCryptographicHash::Sha256);
    constexpr int name_bytes = 16;
    return QStringLiteral("%1/%2.png").arg(folder_, QString::fromLatin1(name.left(name_bytes).toHex()));
}

inference::Result<inference::PixelBuffer> DrawnPictures::get(inference::Engine& engine, const Wish& wish, const std::stop_token& stop) const {
    const QString file = path(engine.model(), wish);
    if (QFile::exists(file)) {
        if (auto pixels = readImage(file)) return pixels;
    }
    if (!QDir().mkpath(folder_)) return inference::failure(inference::ErrorCode::io, "the folder " + folder_.toStdString() + " cannot be made");
    inference::Result<inference::PixelBuffer> drawn = inference::failure(inference::ErrorCode::internal, "nothing was drawn");
    inference::GenerationCallbacks callbacks;
    callbacks.preview_interval_ms = 0;
    callbacks.on_image = [&](inference::RenderedImage image) {
        const auto written = writeImage(file, image.pixels, image.request, {});
        if (written) drawn = std::move(image.pixels);
        else drawn = tl::unexpected<inference::Error>(written.error());
    };
    const auto summary = engine.generate(request(engine.model(), wish), callbacks, stop);
    if (!summary) return tl::unexpected<inference::Error>(summary.error());
    return drawn;
}

}  // namespace app
