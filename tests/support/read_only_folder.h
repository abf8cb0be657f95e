// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QString>

#include <sys/fsuid.h>
#include <unistd.h>

namespace tests {

/// While it lives, the calling thread can read `folder` and not write to it. Root may write everywhere: there the
/// thread's file access becomes that of "nobody", which Linux keeps apart from the process's user.
class ReadOnlyFolder final {
public:
    explicit ReadOnlyFolder(const QString& folder) : folder_(QFile::encodeName(folder)) {
        before_ = QFile::permissions(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner | QFile::ReadGroup | QFile::ExeGroup | QFile::ReadOther | QFile::ExeOther);
        if (::geteuid() == 0) ::setfsuid(nobody);
    }
    ~ReadOnlyFolder() {
        if (::geteuid() == 0) ::setfsuid(0);
        QFile::setPermissions(QFile::decodeName(folder_), before_);
    }
    ReadOnlyFolder(const ReadOnlyFolder&) = delete;
    ReadOnlyFolder& operator=(const ReadOnlyFolder&) = delete;

    /// Whether the machine lets it be (some file systems know no permissions).
    bool holds() const {
        const QString probe = QFile::decodeName(folder_) + QStringLiteral("/probe");
        QFile file(probe);
        if (!file.open(QIODevice::WriteOnly)) return true;
        file.remove();
        return false;
    }

private:
    static constexpr uid_t nobody = 65534;

    QByteArray folder_;
    QFile::Permissions before_;
};

}  // namespace tests
