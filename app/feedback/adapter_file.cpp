// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_file.h"

#include <QCryptographicHash>
#include <QFile>

#include <nlohmann/json.hpp>

#include <cstdint>

namespace app {
namespace {

using inference::ErrorCode;
using inference::failure;
using inference::Result;

constexpr qint64 longest_header = 8 * 1024 * 1024;
constexpr qint64 largest_file = 2LL * 1024 * 1024 * 1024;
constexpr qsizetype length_bytes = 8;
constexpr auto metadata_key = "__metadata__";
constexpr auto adapter_key = "lora_adapter_metadata";
constexpr auto alpha_key = "transformer.lora_alpha";

/// A file and where its parts are.
struct Parts {
    QByteArray whole;
    qsizetype tensors = 0;  ///< where they begin
    nlohmann::json header;
};

Result<Parts> read(const QString& path) {
    const std::string name = path.toStdString();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return failure(ErrorCode::io, name + ": " + file.errorString().toStdString());
    if (file.size() > largest_file) return failure(ErrorCode::corrupt_file, name + " is too large for an adapter");
    Parts parts;
    parts.whole = file.readAll();
    const QByteArray& whole = parts.whole;
    std::uint64_t length = 0;
    for (qsizetype i = 0; i < length_bytes && i < whole.size(); ++i) length |= std::uint64_t{static_cast<std::uint8_t>(whole[i])} << (8 * i);
    if (whole.size() < length_bytes || length > static_cast<std::uint64_t>(longest_header) ||
        static_cast<std::uint64_t>(whole.size() - length_bytes) < length) {
        return failure(ErrorCode::corrupt_file, name + " is not a safetensors file");
    }
    parts.tensors = length_bytes + static_cast<qsizetype>(length);
    parts.header = nlohmann::json::parse(whole.constData() + length_bytes, whole.constData() + parts.tensors, nullptr, false);
    if (!parts.header.is_object()) return failure(ErrorCode::corrupt_file, name + " has a header that is not JSON");
    return parts;
}

QByteArray written(const Parts& parts) {
    std::string text = parts.header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');  // the tensors stay aligned
    QByteArray out;
    out.reserve(parts.whole.size() - parts.tensors + static_cast<qsizetype>(text.size()) + length_bytes);
    for (int i = 0; i < length_bytes; ++i) out.append(static_cast<char>(text.size() >> (8 * i) & 0xFFU));
    out.append(text.data(), static_cast<qsizetype>(text.size()));
    out.append(parts.whole.constData() + parts.tensors, parts.whole.size() - parts.tensors);
    return out;
}

}  // namespace

Result<QByteArray> rescaledAdapter(const QString& path, double factor) {
    auto parts = read(path);
    if (!parts) return tl::unexpected<inference::Error>(parts.error());
    auto& header = parts->header;
    if (!header.contains(metadata_key) || !header[metadata_key].is_object() || !header[metadata_key].contains(adapter_key) ||
        !header[metadata_key][adapter_key].is_string()) {
        return failure(ErrorCode::corrupt_file, path.toStdString() + " does not say in its header that it is an adapter");
    }
    auto adapter = nlohmann::json::parse(header[metadata_key][adapter_key].get<std::string>(), nullptr, false);
    if (!adapter.is_object() || !adapter.contains(alpha_key) || !adapter[alpha_key].is_number()) {
        return failure(ErrorCode::corrupt_file, path.toStdString() + " has no alpha in its header");
    }
    adapter[alpha_key] = adapter[alpha_key].get<double>() * factor;
    header[metadata_key][adapter_key] = adapter.dump();
    return written(*parts);
}

Result<QByteArray> adapterWithMetadata(const QString& path, const char* key, const QByteArray& value) {
    auto parts = read(path);
    if (!parts) return tl::unexpected<inference::Error>(parts.error());
    auto& metadata = parts->header[metadata_key];
    if (!metadata.is_object()) metadata = nlohmann::json::object();
    metadata[key] = value.toStdString();
    return written(*parts);
}

QString adapterIdOf(const QByteArray& file) { return QString::fromLatin1(QCryptographicHash::hash(file, QCryptographicHash::Sha256).toHex()); }

}  // namespace app
