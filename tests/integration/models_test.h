// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QTemporaryDir>
#include <memory>

/// Models from folders to pictures, with the real engine and tiny pipelines: the list, switching, and whatever a folder may hold.
class ModelsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void addsSwitchesDrawsAndSwitchesBack();
    void aBadFolderIsSaidByFileAndFieldAndThePreviousModelGoesOn_data();
    void aBadFolderIsSaidByFileAndFieldAndThePreviousModelGoesOn();
    void aFolderThatIsStillBeingWrittenIsTakenWhenItIsWhole();
    void aFolderThatVanishesAfterItWasAddedIsSaidAndComesBack();
    void theTokensAreThoseOfTheLoadedModel();
    void theCommandLineListsAddsInspectsAndRemoves();
    void theCommandLineRefusesWithOneSentenceAndItsCode();

private:
    QString path(const QString& name) const { return folder_->filePath(name); }
    /// @return the pipeline's folder.
    QString write(const QString& name, const QStringList& changes = {}) const;

    std::unique_ptr<QTemporaryDir> folder_;
};
