// SPDX-License-Identifier: Apache-2.0
#include "ui/models/model_text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>
#include <QStringList>
#include <cmath>

#include "app/models/load_order.h"
#include "app/models/model_catalogue.h"
#include "ui/queue/job_text.h"

namespace ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::Models)
};

constexpr double thousand = 1e3, million = 1e6, billion = 1e9;
constexpr double few = 10.0;  // below it a digit behind the point tells something
constexpr double minute_seconds = 60.0;

QString number(double value) { return QLocale().toString(value, 'f', value < few ? 1 : 0); }

QString partText(const inference::ModelPart& part) {
    const QString count = number(static_cast<double>(part.parameters) / million);
    switch (part.kind) {
    case inference::ModelPart::Kind::text_model: return Words::tr("text model %1").arg(count);
    case inference::ModelPart::Kind::clip: return Words::tr("CLIP %1").arg(count);
    case inference::ModelPart::Kind::transformer: return Words::tr("transformer %1").arg(count);
    case inference::ModelPart::Kind::autoencoder: return Words::tr("autoencoder %1").arg(count);
    }
    return {};
}

QString dot() { return QStringLiteral(" · "); }

/// The engine's sentence with paths below the model's folder, which is known, and short enough to be read.
QString shortDetail(const inference::Error& error, const app::ModelLocation& location) {
    constexpr int longest = 240;
    QString detail = QString::fromStdString(error.detail).section(QLatin1Char('\n'), 0, 0).simplified();
    for (const QString& folder : {location.pipeline, location.text_model}) {
        if (!folder.isEmpty()) detail.replace(folder + QLatin1Char('/'), QString());
    }
    if (detail.size() > longest) detail = detail.left(longest - 1) + QChar(0x2026);
    return detail;
}

}  // namespace

QString bytesText(std::int64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (value >= billion) return Words::tr("%1 GB").arg(QLocale().toString(value / billion, 'f', 1));
    if (value >= million) return Words::tr("%1 MB").arg(number(value / million));
    return Words::tr("%1 KB").arg(number(value / thousand));
}

QString parametersText(std::int64_t parameters) {
    const auto value = static_cast<double>(parameters);
    if (value >= billion) return Words::tr("%1 billion parameters").arg(QLocale().toString(value / billion, 'f', 1));
    return Words::tr("%1 million parameters").arg(number(value / million));
}

QString sizesText(const std::vector<inference::ImageSize>& sizes) {
    QStringList texts;
    for (const auto& size : sizes) texts.append(sizeText(size.width, size.height));
    return texts.join(QStringLiteral(", "));
}

QString architectureText(const inference::ModelDescription& model) {
    const auto& built = model.architecture;
    const QString name = built.pipeline == "DiTPipeline" ? QStringLiteral("DiT")
        : built.pipeline == "FuseDiTPipelineWithCLIP"    ? QStringLiteral("FuseDiT + CLIP")
                                                         : QStringLiteral("FuseDiT");
    return name + dot() + Words::tr("%1 layers of %2").arg(QLocale().toString(built.layers), QString::number(built.width));
}

QString architectureDetail(const inference::ModelDescription& model) {
    const auto& built = model.architecture;
    return Words::tr("Attention %1, positions %2, timestep %3")
        .arg(QString::fromStdString(built.attention), QString::fromStdString(built.positions), QString::fromStdString(built.timestep));
}

QString textModelText(const inference::ModelDescription& model) {
    const auto& built = model.architecture;
    return QString::fromStdString(built.text_family) + dot() +
        Words::tr("%1 layers of %2").arg(QLocale().toString(built.text_layers), QString::number(built.text_width));
}

QString partsText(const inference::ModelDescription& model) {
    QStringList parts;
    for (const auto& part : model.parts) parts.append(partText(part));
    //: %1: "text model 268, transformer 120, autoencoder 4"
    return Words::tr("%1 million").arg(parts.join(QStringLiteral(", ")));
}

QString filesText(const inference::ModelDescription& model) {
    QStringList formats;
    for (const auto& part : model.parts)
        for (const auto& dtype : part.dtypes) formats.append(QString::fromStdString(dtype));
    formats.removeDuplicates();
    return bytesText(model.bytes_on_disk()) + dot() + formats.join(QStringLiteral(", "));
}

QString placeText(const std::string& device, const std::string& dtype) {
    const bool on_card = device.rfind("cuda", 0) == 0;
    return (on_card ? Words::tr("On the graphics card") : Words::tr("On the processor")) + dot() + QString::fromStdString(dtype);
}

QString memoryText(const inference::ModelDescription& model, std::int64_t held_bytes) {
    const QString needed = bytesText(model.load_bytes + model.picture_bytes);
    if (model.available_bytes == 0) return Words::tr("about %1").arg(needed);
    if (app::readsFromDisk(model, held_bytes))
        return Words::tr("about %1, more than the %2 that are free: the rest is read from disk, which takes longer")
            .arg(needed, bytesText(model.available_bytes + held_bytes));
    return Words::tr("about %1 of %2 free").arg(needed, bytesText(model.available_bytes + held_bytes));
}

QString timeText(const inference::ModelDescription& model, double flops_per_second) {
    if (!(flops_per_second > 0)) return Words::tr("Not known before the first picture");
    const double seconds = model.picture_flops / flops_per_second;
    if (seconds < minute_seconds) return Words::tr("about %1 s").arg(number(std::max(0.1, seconds)));
    return Words::tr("about %1 min").arg(number(seconds / minute_seconds));
}

QString modelWords(const app::ModelCatalogue& models, const std::string& identity) {
    if (const app::ModelEntry* entry = models.findByIdentity(identity)) return entry->name;
    if (const app::ModelEntry* successor = models.successorOf(identity)) return Words::tr("an earlier version of %1").arg(successor->name);
    const QString name = models.nameOf(identity);
    return name.isEmpty() ? Words::tr("a model that is not known here") : name;
}

QString modelProblemText(const inference::Error& error, const app::ModelLocation& location) {
    const QString detail = shortDetail(error, location);
    switch (error.code) {
    case inference::ErrorCode::model_not_found:
        if (detail.startsWith(QStringLiteral("model_index.json:"))) return Words::tr("There is no model in %1.").arg(location.pipeline);
        return Words::tr("A file is missing: %1").arg(detail);
    case inference::ErrorCode::unsupported_model: return Words::tr("This version cannot run it: %1").arg(detail);
    case inference::ErrorCode::corrupt_file: return Words::tr("A file does not fit or is damaged: %1").arg(detail);
    case inference::ErrorCode::out_of_memory: return Words::tr("There is not enough memory: %1").arg(detail);
    case inference::ErrorCode::io: return Words::tr("A file could not be read: %1").arg(detail);
    case inference::ErrorCode::device_unavailable: return Words::tr("The graphics card cannot be used: %1").arg(detail);
    default: return Words::tr("It cannot be used: %1").arg(detail);
    }
}

}  // namespace ui
