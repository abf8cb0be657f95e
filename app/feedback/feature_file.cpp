// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/feature_file.h"

#include "app/imaging/safe_file.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QFile>

#include <cmath>

namespace app {
namespace {

constexpr quint32 magic = 0x46534631;            // "FSF1"
constexpr qint64 most_bytes = 16 * 1024 * 1024;  ///< of a file: some hundred times what a large model gives
constexpr qint64 hash_bytes = 32;

void put(QDataStream& stream, const std::vector<float>& values) {
    stream << static_cast<quint32>(values.size());
    for (const float value : values) stream << value;
}

bool take(QDataStream& stream, std::vector<float>& values) {
    quint32 count = 0;
    stream >> count;
    if (stream.status() != QDataStream::Ok || static_cast<qint64>(count) * 4 > stream.device()->bytesAvailable()) return false;
    values.resize(count);
    for (float& value : values) {
        stream >> value;
        if (!std::isfinite(value)) return false;
    }
    return stream.status() == QDataStream::Ok;
}

void prepare(QDataStream& stream) {
    stream.setVersion(QDataStream::Qt_6_0);
    stream.setFloatingPointPrecision(QDataStream::SinglePrecision);
}

}  // namespace

std::optional<inference::PictureFeatures> readFeatures(const QString& path, const std::string& version) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > most_bytes || file.size() <= hash_bytes) return std::nullopt;
    const QByteArray all = file.readAll();
    const QByteArray body = all.sliced(hash_bytes);
    if (QCryptographicHash::hash(body, QCryptographicHash::Sha256) != all.first(hash_bytes)) return std::nullopt;
    QDataStream stream(body);
    prepare(stream);
    quint32 found = 0;
    QByteArray of;
    stream >> found >> of;
    if (found != magic || of != QByteArray::fromStdString(version)) return std::nullopt;
    inference::PictureFeatures features;
    features.version = version;
    if (!take(stream, features.image) || !take(stream, features.judge) || !take(stream, features.prompt)) return std::nullopt;
    return features;
}

inference::Result<void> writeFeatures(const QString& path, const inference::PictureFeatures& features) {
    QByteArray body;
    QDataStream stream(&body, QIODevice::WriteOnly);
    prepare(stream);
    stream << magic << QByteArray::fromStdString(features.version);
    put(stream, features.image);
    put(stream, features.judge);
    put(stream, features.prompt);
    const QByteArray all = QCryptographicHash::hash(body, QCryptographicHash::Sha256) + body;
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(all.constData()), static_cast<std::size_t>(all.size()));
    return writeFileSafely(path, bytes, Durability::recomputable);
}

}  // namespace app
