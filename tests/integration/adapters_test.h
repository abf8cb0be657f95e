// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QTemporaryDir>
#include <memory>

/// `fuselight adapters` with the real engine and a tiny model: what is shared, what is taken, and what is refused.
class AdaptersTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aSharedFileIsImportedListedExportedAndRemoved();
    void theManifestTravelsInTheHeaderAndIsOnlyAClaim();
    void whatIsNoAdapterOfThisModelIsRefusedByFileAndReason_data();
    void whatIsNoAdapterOfThisModelIsRefusedByFileAndReason();
    void wrongWordsAreRefused();

private:
    struct Outcome {
        int status = -1;
        QByteArray output;
        QByteArray errors;
        QJsonObject json() const;
    };
    QString path(const QString& name) const { return folder_->filePath(name); }
    Outcome run(const QStringList& words) const;
    QStringList storedFolders() const;

    std::unique_ptr<QTemporaryDir> folder_;
};
