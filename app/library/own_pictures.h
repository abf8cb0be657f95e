// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <QStringList>
#include <memory>

#include "app/library/library_item.h"
#include "inference/api/result.h"

namespace app {

class Database;
class Library;
struct ProfilePaths;

/// A file that was not taken, and why.
struct RefusedPicture {
    QString path;
    inference::Error error;
};

/// Pictures that the user brings, to be rated like drawn ones: PNG, JPEG, WebP or TIFF. The library keeps a copy, byte for byte; the original
/// is never touched. Files are read on a pool, one after the other. Lives on the GUI thread.
class OwnPictures final : public QObject {
    Q_OBJECT
public:
    static constexpr qint64 max_bytes = 256 * 1024 * 1024;
    static constexpr int max_side = 16384;  ///< pixels: more than that no model looks at

    OwnPictures(Library& library, Database& database, const ProfilePaths& paths, QObject* parent = nullptr);
    ~OwnPictures() override;  ///< leaves the files that nobody looked at yet; what is copied has its row

    /// @param prompt  what they show, or nothing: stored with each of them.
    void add(const QStringList& files, const QString& prompt);
    bool isOwn(ItemId item) const;

Q_SIGNALS:
    /// Once for each add(). Errors of a file: io, corrupt_file (not a picture, damaged, too large).
    void added(QList<app::ItemId> items, QList<app::RefusedPicture> refused);

private:
    struct State;
    struct Batch;
    struct Copied;
    [[nodiscard]] inference::Result<ItemId> take(const Copied& copied, const QString& prompt);
    std::unique_ptr<State> state_;
};

}  // namespace app
