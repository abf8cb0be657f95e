// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/safe_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace app {
namespace {

using inference::ErrorCode;
using inference::Result;

/// Hidden, and named after its writer, so that a later start can tell a leftover from a file under way.
const QString prefix = QStringLiteral(".fuselight-");
const QString suffix = QStringLiteral(".part");

QString temporaryName() {
    static std::atomic<quint64> counter{0};
    return prefix + QString::number(::getpid()) + QLatin1Char('-') + QString::number(++counter) + suffix;
}

tl::unexpected<inference::Error> systemFailure(const QString& path, int code) {
    return inference::failure(ErrorCode::io, path.toStdString() + ": " + std::strerror(code));
}

/// @return 0, or errno
int writeAll(int descriptor, std::span<const std::uint8_t> bytes, Durability durability) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return durability == Durability::recomputable || ::fsync(descriptor) == 0 ? 0 : errno;
}

int writeNew(const QByteArray& path, std::span<const std::uint8_t> bytes, Durability durability) {
    const int descriptor = ::open(path.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return errno;
    const int failed = writeAll(descriptor, bytes, durability);
    const int not_closed = ::close(descriptor) == 0 ? 0 : errno;
    return failed != 0 ? failed : not_closed;
}

/// The rename itself is on the disk once its folder is.
void flushFolder(const QString& directory) {
    const int descriptor = ::open(QFile::encodeName(directory).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace

Result<void> writeFileSafely(const QString& path, std::span<const std::uint8_t> bytes, Durability durability) {
    const QString directory = QFileInfo(path).absolutePath();
    const QByteArray temporary = QFile::encodeName(directory + QLatin1Char('/') + temporaryName());
    int failed = writeNew(temporary, bytes, durability);
    if (failed == 0 && std::rename(temporary.constData(), QFile::encodeName(path).constData()) != 0) failed = errno;
    if (failed != 0) {
        ::unlink(temporary.constData());
        return systemFailure(path, failed);
    }
    if (durability == Durability::flushed) flushFolder(directory);
    return {};
}

void removeLeftovers(const QString& directory) {
    const QDir folder(directory);
    for (const QString& name : folder.entryList({prefix + QLatin1Char('*') + suffix}, QDir::Files | QDir::Hidden)) {
        const auto writer = name.mid(prefix.size()).section(QLatin1Char('-'), 0, 0).toInt();
        const bool runs = writer > 0 && (::kill(writer, 0) == 0 || errno == EPERM);
        if (!runs) QFile::remove(folder.filePath(name));
    }
}

}  // namespace app
