// SPDX-License-Identifier: Apache-2.0
#include "app/settings/settings_file.h"

#include "app/imaging/image_exporter.h"
#include "inference/api/request_json.h"

#include <QColor>
#include <QSettings>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace app {
namespace {

using Limits = inference::RequestLimits;

constexpr int min_thumbnail = 64;
constexpr int max_thumbnail = 512;

const QString theme_key = QStringLiteral("appearance/theme");
const QString language_key = QStringLiteral("appearance/language");
const QString request_key = QStringLiteral("composer/request");
const QString seed_locked_key = QStringLiteral("composer/seed_locked");
const QString geometry_key = QStringLiteral("window/geometry");
const QString columns_key = QStringLiteral("window/columns");
const QString inspector_key = QStringLiteral("window/inspector_visible");
const QString view_key = QStringLiteral("window/view");
const QString selected_key = QStringLiteral("window/selected_item");
const QString thumbnail_key = QStringLiteral("window/thumbnail_side");
const QString directory_key = QStringLiteral("export/directory");
const QString format_key = QStringLiteral("export/format");
const QString matte_key = QStringLiteral("export/matte");
const QString quality_key = QStringLiteral("export/quality");

constexpr std::array<std::pair<Theme, const char*>, 3> theme_names = {{{Theme::system, "system"}, {Theme::light, "light"}, {Theme::dark, "dark"}}};

QString nameOf(Theme theme) {
    for (const auto& [value, name] : theme_names) {
        if (value == theme) return QLatin1String(name);
    }
    return QStringLiteral("system");
}

Theme themeOf(const QString& text) {
    for (const auto& [value, name] : theme_names) {
        if (text == QLatin1String(name)) return value;
    }
    return Theme::system;
}

/// The value where the file holds a whole number, else the default.
template <typename Number> Number numberOf(const QSettings& store, const QString& key, Number fallback) {
    bool is_number = false;
    const qlonglong value = store.value(key).toLongLong(&is_number);
    return is_number && std::in_range<Number>(value) ? static_cast<Number>(value) : fallback;
}

bool truthOf(const QSettings& store, const QString& key, bool fallback) {
    const QString text = store.value(key).toString();
    if (text == QStringLiteral("true")) return true;
    if (text == QStringLiteral("false")) return false;
    return fallback;
}

inference::GenerationRequest clampedRequest(inference::GenerationRequest request) {
    request.width = std::clamp(request.width, 0, Limits::max_side);
    request.height = std::clamp(request.height, 0, Limits::max_side);
    request.num_inference_steps = std::clamp(request.num_inference_steps, 0, Limits::max_steps);
    request.num_images = std::clamp(request.num_images, 1, Limits::max_images);
    request.batch_size = std::clamp(request.batch_size, 1, Limits::max_batch);
    if (!std::isfinite(request.guidance_scale) || request.guidance_scale > Limits::max_guidance) {
        request.guidance_scale = inference::GenerationRequest{}.guidance_scale;
    }
    return request;
}

}  // namespace

Settings clampedSettings(Settings settings) {
    const Settings defaults;
    settings.appearance.theme = themeOf(nameOf(settings.appearance.theme));
    settings.composer.request = clampedRequest(std::move(settings.composer.request));
    settings.window.view = std::clamp(settings.window.view, 0, 1);
    settings.window.thumbnail_side = std::clamp(settings.window.thumbnail_side, min_thumbnail, max_thumbnail);
    settings.window.selected_item = std::max<qint64>(settings.window.selected_item, 0);
    if (!imageFormatOf(QStringLiteral("x.") + settings.image_export.format)) settings.image_export.format = defaults.image_export.format;
    if (!QColor::isValidColor(settings.image_export.matte)) settings.image_export.matte = defaults.image_export.matte;
    settings.image_export.quality = std::clamp(settings.image_export.quality, 1, 100);
    return settings;
}

Settings readSettings(const QString& file) {
    const QSettings store(file, QSettings::IniFormat);
    Settings settings;
    settings.appearance.theme = themeOf(store.value(theme_key).toString());
    settings.appearance.language = store.value(language_key).toString();
    if (auto request = inference::request_from_json(store.value(request_key).toString().toStdString())) {
        settings.composer.request = *std::move(request);
    }
    settings.composer.seed_locked = truthOf(store, seed_locked_key, settings.composer.seed_locked);
    settings.window.geometry = store.value(geometry_key).toByteArray();
    settings.window.columns = store.value(columns_key).toByteArray();
    settings.window.inspector_visible = truthOf(store, inspector_key, settings.window.inspector_visible);
    settings.window.view = numberOf(store, view_key, settings.window.view);
    settings.window.selected_item = numberOf(store, selected_key, settings.window.selected_item);
    settings.window.thumbnail_side = numberOf(store, thumbnail_key, settings.window.thumbnail_side);
    settings.image_export.directory = store.value(directory_key).toString();
    settings.image_export.format = store.value(format_key, settings.image_export.format).toString();
    settings.image_export.matte = store.value(matte_key, settings.image_export.matte).toString();
    settings.image_export.quality = numberOf(store, quality_key, settings.image_export.quality);
    return clampedSettings(std::move(settings));
}

bool writeSettings(const QString& file, const Settings& settings) {
    QSettings store(file, QSettings::IniFormat);
    store.setAtomicSyncRequired(true);
    store.setValue(theme_key, nameOf(settings.appearance.theme));
    store.setValue(language_key, settings.appearance.language);
    store.setValue(request_key, QString::fromStdString(inference::to_json(settings.composer.request)));
    store.setValue(seed_locked_key, settings.composer.seed_locked);
    store.setValue(geometry_key, settings.window.geometry);
    store.setValue(columns_key, settings.window.columns);
    store.setValue(inspector_key, settings.window.inspector_visible);
    store.setValue(view_key, settings.window.view);
    store.setValue(selected_key, settings.window.selected_item);
    store.setValue(thumbnail_key, settings.window.thumbnail_side);
    store.setValue(directory_key, settings.image_export.directory);
    store.setValue(format_key, settings.image_export.format);
    store.setValue(matte_key, settings.image_export.matte);
    store.setValue(quality_key, settings.image_export.quality);
    store.sync();
    // A format error is that of the old contents, which have just been replaced.
    return store.status() != QSettings::AccessError;
}

}  // namespace app
