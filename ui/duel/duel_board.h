// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QString>
#include <QWidget>
#include <array>

namespace app {
class ImageLoader;
}

namespace ui {

/// Two pictures side by side, equally large, of which one is chosen by a click. Nothing tells where they come from.
class DuelBoard final : public QWidget {
    Q_OBJECT
public:
    enum Side { left = 0, right = 1 };

    struct Picture {
        QImage image;  ///< null: on its way
        bool has_alpha = false;
        QString problem;  ///< a sentence instead of the picture
    };

    explicit DuelBoard(app::ImageLoader& loader, QWidget* parent = nullptr);

    void setPicture(Side side, const Picture& picture);
    const Picture& picture(Side side) const { return halves_[side].picture; }
    QRect pictureArea(Side side) const;

Q_SIGNALS:
    void chosen(ui::DuelBoard::Side side);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Half {
        Picture picture;
        QImage rendition;  ///< at the screen's own pixels
        qint64 rendition_of = 0;
    };

    QRect halfArea(int side) const;
    int sideAt(QPoint point) const;  ///< -1: beside the pictures
    void wantRendition(int side);
    void hover(int side);

    app::ImageLoader& loader_;
    std::array<Half, 2> halves_;
    int hovered_ = -1;
    int pressed_ = -1;
};

}  // namespace ui
