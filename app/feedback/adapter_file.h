// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

#include <QByteArray>
#include <QString>

namespace app {

/// A LoRA file whose alpha is `factor` times what the header says: strength 100 % of the copy is strength `factor` of the original. Only the header
/// changes; the tensors are copied as they are. Errors: io, corrupt_file (not a safetensors file with an alpha in its header).
[[nodiscard]] inference::Result<QByteArray> rescaledAdapter(const QString& path, double factor);

/// The file with one more entry in its header. Other tools pass over entries they do not know. Errors: io, corrupt_file (not a safetensors file).
[[nodiscard]] inference::Result<QByteArray> adapterWithMetadata(const QString& path, const char* key, const QByteArray& value);

/// SHA-256 (hex) of a file's contents: how a request names an adapter.
QString adapterIdOf(const QByteArray& file);

}  // namespace app
