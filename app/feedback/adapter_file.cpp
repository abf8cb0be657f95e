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

}  // namespace

Result<QByteArray> rescaledAdapter(const QString& path, double factor) {
    const std::string name = path.toStdString();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return failure(ErrorCode::io, name + ": " + file.errorString().toStdString());
    if (file.size() > largest_file) return failure(ErrorCode::corrupt_file, name + " is too large for an adapter");
    const QByteArray whole = file.readAll();
    std::uint64_t length = 0;
    for (qsizetype i = 0; i < length_bytes && i < whole.size(); ++i) length |= std::uint64_t{static_cast<std::uint8_t>(whole[i])} << (8 * i);
    if (whole.size() < length_bytes || length > static_cast<std::uint64_t>(longest_header) ||
        static_cast<std::uint64_t>(whole.size() - length_bytes) < length) {
        return failure(ErrorCode::corrupt_file, name + " is not a safetensors file");
    }
    const auto header_length = static_cast<qsizetype>(length);
    auto header = nlohmann::json::parse(whole.constData() + length_bytes, whole.constData() + length_bytes + header_length, nullptr, false);
    if (!header.is_object() || !header.contains(metadata_key) || !header[metadata_key].is_object() || !header[metadata_key].contains(adapter_key) ||
        !header[metadata_key][adapter_key].is_string()) {
        return failure(ErrorCode::corrupt_file, name + " does not say in its header that it is an adapter");
    }
    auto adapter = nlohmann::json::parse(header[metadata_key][adapter_key].get<std::string>(), nullptr, false);
    if (!adapter.is_object() || !adapter.contains(alpha_key) || !adapter[alpha_key].is_number()) {
        return failure(ErrorCode::corrupt_file, name + " has no alpha in its header");
    }
    adapter[alpha_key] = adapter[alpha_key].get<double>() * factor;
    header[metadata_key][adapter_key] = adapter.dump();
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');  // the tensors stay aligned
    QByteArray out;
    out.reserve(whole.size() + 64);
    for (int i = 0; i < length_bytes; ++i) out.append(static_cast<char>(text.size() >> (8 * i) & 0xFFU));
    out.append(text.data(), static_cast<qsizetype>(text.size()));
    out.append(whole.constData() + length_bytes + header_length, whole.size() - length_bytes - header_length);
    return out;
}

QString adapterIdOf(const QByteArray& file) { return QString::fromLatin1(QCryptographicHash::hash(file, QCryptographicHash::Sha256).toHex()); }

}  // namespace app
