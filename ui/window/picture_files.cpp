// SPDX-License-Identifier: Apache-2.0
#include "ui/window/picture_files.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QUrl>
#include <algorithm>

#include "app/application.h"
#include "app/library/library.h"
#include "app/paths/profile_paths.h"
#include "app/settings/settings_store.h"
#include "ui/errors/error_text.h"
#include "ui/errors/message_strip.h"
#include "ui/prompt/composer.h"
#include "ui/window/add_pictures_dialog.h"
#include "ui/window/save_dialog.h"

namespace ui {

namespace {

/// A name in the folder that nothing has yet.
QString freePath(const QDir& folder, const QString& name, const QString& suffix) {
    QString path = folder.filePath(name + QLatin1Char('.') + suffix);
    for (int copy = 2; QFileInfo::exists(path); ++copy) path = folder.filePath(QStringLiteral("%1-%2.%3").arg(name).arg(copy).arg(suffix));
    return path;
}

}  // namespace

PictureFiles::PictureFiles(app::Application& application, Composer& composer, MessageStrip& messages, QWidget* window) :
    QObject(window), application_(application), composer_(composer), messages_(messages), window_(window) {
    connect(&tasks_, &app::ImageTasks::saved, this, [this](const QString&, const QString& target) { onSaved(target); });
    connect(&tasks_, &app::ImageTasks::saveFailed, this,
            [this](const QString&, const QString&, const inference::Error& error) { onSaveFailed(error); });
    connect(&tasks_, &app::ImageTasks::requestRead, this, &PictureFiles::onRequestRead);
    connect(&application.ownPictures(), &app::OwnPictures::added, this, &PictureFiles::onAdded);
}

void PictureFiles::saveAs(const QList<app::ItemId>& items) {
    if (items.size() == 1) saveOne(items.constFirst());
    else if (!items.isEmpty()) saveAll(items);
}

void PictureFiles::saveOne(app::ItemId id) {
    const app::LibraryItem* item = application_.library().find(id);
    const auto request = application_.library().request(id);
    if (!item || !request) {
        reportMissing();
        return;
    }
    auto* dialog = new SaveDialog(application_.settings().settings().image_export, suggestedFileName(*request), item->has_alpha, window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, source = item->path, request = *request] {
        app::Settings settings = application_.settings().settings();
        settings.image_export = dialog->remember();
        application_.settings().update(settings);
        saves_under_way_ = 1;
        saves_done_ = 0;
        tasks_.save(source, dialog->path(), request, dialog->options());
    });
    dialog->open();
}

void PictureFiles::saveAll(const QList<app::ItemId>& items) {
    const app::Settings::Export remembered = application_.settings().settings().image_export;
    auto* dialog = new QFileDialog(window_, tr("Save %n picture(s) in a folder", nullptr, static_cast<int>(items.size())), remembered.directory);
    dialog->setObjectName(QStringLiteral("save_folder_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this, items, remembered](const QString& path) {
        app::Settings settings = application_.settings().settings();
        settings.image_export.directory = path;
        application_.settings().update(settings);
        app::ExportOptions options;
        options.format = app::imageFormatOf(QStringLiteral("x.") + remembered.format).value_or(app::ImageFormat::png);
        options.matte = QColor(remembered.matte);
        options.quality = remembered.quality;
        saves_under_way_ = 0;
        saves_done_ = 0;
        QStringList taken;  // pictures of one prompt and seed share a name until they are written
        for (const app::ItemId id : items) {
            const app::LibraryItem* item = application_.library().find(id);
            const auto request = application_.library().request(id);
            if (!item || !request) continue;
            QString name = suggestedFileName(*request);
            if (taken.contains(name)) name += QStringLiteral("-%1").arg(id.value);
            taken.append(name);
            ++saves_under_way_;
            tasks_.save(item->path, freePath(QDir(path), name, remembered.format), *request, options);
        }
    });
    dialog->open();
}

void PictureFiles::onSaveFailed(const inference::Error& error) {
    --saves_under_way_;
    messages_.showError(error);
}

void PictureFiles::onSaved(const QString& target) {
    --saves_under_way_;
    ++saves_done_;
    if (saves_under_way_ > 0) return;
    const QString words = saves_done_ == 1 ? tr("Saved as %1.").arg(QFileInfo(target).fileName()) : tr("Saved %n picture(s).", nullptr, saves_done_);
    messages_.showMessage(MessageStrip::Kind::note, words, {}, tr("Show in folder"),
                          [this, target] { showFolder(QFileInfo(target).absolutePath()); });
}

void PictureFiles::showInFolder(app::ItemId id) {
    if (const app::LibraryItem* item = application_.library().find(id)) showFolder(QFileInfo(item->path).absolutePath());
}

void PictureFiles::showFolder(const QString& path) {
    QDir().mkpath(path);
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path)))
        messages_.showMessage(MessageStrip::Kind::note, tr("No file manager answered."), tr("The folder is %1.").arg(QDir::toNativeSeparators(path)));
}

void PictureFiles::takeSettings(const QStringList& paths) {
    if (!paths.isEmpty()) tasks_.readRequest(paths.constFirst());
}

void PictureFiles::askForSettings() {
    auto* dialog = new QFileDialog(window_, tr("Take settings from picture"), application_.paths().images_dir,
                                   tr("Pictures (*.png *.webp *.tiff *.tif *.jpg *.jpeg)"));
    dialog->setObjectName(QStringLiteral("take_settings_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) { takeSettings({path}); });
    dialog->open();
}

void PictureFiles::addPictures(const QStringList& paths) {
    if (paths.isEmpty()) return;
    auto* dialog = new AddPicturesDialog(paths, window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { application_.ownPictures().add(dialog->files(), dialog->prompt()); });
    dialog->open();
}

void PictureFiles::askForPictures() {
    auto* dialog = new QFileDialog(window_, tr("Choose pictures"), QString(), tr("Pictures (*.png *.webp *.tiff *.tif *.jpg *.jpeg)"));
    dialog->setObjectName(QStringLiteral("choose_pictures_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &PictureFiles::addPictures);
    dialog->open();
}

void PictureFiles::onAdded(const QList<app::ItemId>& items, const QList<app::RefusedPicture>& refused) {
    const QString done = items.isEmpty() ? QString() : tr("Added %n picture(s).", nullptr, static_cast<int>(items.size()));
    if (!items.isEmpty()) Q_EMIT picturesAdded(items);
    if (refused.isEmpty()) {
        messages_.showMessage(MessageStrip::Kind::note, done, tr("Undo takes them out again."));
        return;
    }
    // A disk that is full is another matter than a file that is damaged.
    const auto unreadable = [](const app::RefusedPicture& one) { return one.error.code == inference::ErrorCode::corrupt_file; };
    constexpr qsizetype most_names = 5;
    QStringList names;
    for (const app::RefusedPicture& one : refused.mid(0, most_names)) names.append(QFileInfo(one.path).fileName());
    if (refused.size() > most_names) names.append(QStringLiteral("…"));
    const QString sentence = std::all_of(refused.begin(), refused.end(), unreadable)
        ? tr("Damaged, too large or not a picture: %1.").arg(names.join(QStringLiteral(", ")))
        : tr("Could not be added: %1. %2").arg(names.join(QStringLiteral(", ")), errorText(refused.constFirst().error).sentence);
    messages_.showMessage(MessageStrip::Kind::warning, sentence, done);
}

void PictureFiles::onRequestRead(const QString& path, const inference::Result<inference::GenerationRequest>& request) {
    const QString name = QFileInfo(path).fileName();
    if (request) {
        messages_.showMessage(MessageStrip::Kind::note, tr("Prompt and settings taken from %1.").arg(name), tr("Undo brings the earlier ones back."));
        composer_.useAgain(*request, UseAgain::all);  // what it says of the model goes before
        return;
    }
    switch (request.error().code) {
    case inference::ErrorCode::invalid_request:
        messages_.showMessage(MessageStrip::Kind::warning, tr("%1 carries no prompt.").arg(name),
                              tr("Only pictures that Fuselight saved bring their settings back."), tr("Add to the library…"),
                              [this, path] { addPictures({path}); });
        break;
    case inference::ErrorCode::corrupt_file:
        messages_.showMessage(MessageStrip::Kind::warning, tr("%1 is damaged or not a picture.").arg(name), tr("Try another copy of it."));
        break;
    default: messages_.showError(request.error()); break;
    }
}

void PictureFiles::reportMissing() {
    messages_.showMessage(MessageStrip::Kind::warning, tr("This picture is no longer in the library."), tr("Choose another one."));
}

}  // namespace ui
